-- Refuses a change of a service's state without a reason or off its lifecycle; writes an audit
-- event for each.
-- Rule: customers.rules.lifecycle
--
-- Each change of a service's state leaves one audit row with who, why, before and after; without
-- a reason there is no change. Only the moves of the lifecycle are possible.
-- Old and new rows are matched by hash whatever the plan of an earlier, smaller call was: with a
-- nested loop two thousand suspensions would take four million comparisons.
CREATE OR REPLACE FUNCTION audit_subscription_status() RETURNS trigger
LANGUAGE plpgsql SET enable_nestloop TO 'off' AS $$
DECLARE
    wrong record;
BEGIN
    SELECT o.status AS was, n.status AS now INTO wrong
    FROM old_rows o JOIN new_rows n USING (id)
    WHERE o.status <> n.status
      AND (o.status, n.status) NOT IN (
          ('PENDING', 'ACTIVE'), ('PENDING', 'CANCELLED'),
          ('ACTIVE', 'SUSPENDED'), ('SUSPENDED', 'ACTIVE'),
          ('ACTIVE', 'CANCELLED'), ('SUSPENDED', 'CANCELLED'))
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a service cannot go from % to %', wrong.was, wrong.now
            USING ERRCODE = 'check_violation', CONSTRAINT = 'subscription_moves_along_its_lifecycle';
    END IF;
    INSERT INTO audit_auditevent (at, actor_id, actor_name, acting_as, action, target_type,
        target_id, target_label, customer_id, branch_id, reason, before, after, request_id)
    SELECT ispbill_at(),
           nullif(current_setting('app.actor_id', true), '')::bigint,
           coalesce(nullif(current_setting('app.actor_name', true), ''), 'system'),
           '',
           CASE n.status WHEN 'ACTIVE' THEN CASE o.status WHEN 'SUSPENDED' THEN 'subscription.reactivated'
                                                          ELSE 'subscription.activated' END
                         WHEN 'SUSPENDED' THEN 'subscription.suspended'
                         ELSE 'subscription.cancelled' END,
           'subscription', n.id::text, n.connection_id, n.customer_id,
           (SELECT c.branch_id FROM customers_customer c WHERE c.id = n.customer_id),
           stated_reason(),
           jsonb_build_object('status', o.status), jsonb_build_object('status', n.status),
           coalesce(current_setting('app.request_id', true), '')
    FROM old_rows o
    JOIN new_rows n USING (id)
    WHERE o.status <> n.status;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER audit_status AFTER UPDATE ON customers_subscription
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit_subscription_status();
