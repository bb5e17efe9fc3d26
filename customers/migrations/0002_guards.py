"""What the database itself holds true about customers and their services."""

from django.db import migrations

GUARDS = """
ALTER TABLE customers_standing SET (fillfactor = 50);

SELECT ispbill_keep_versions('customers_customer');
SELECT ispbill_keep_versions('customers_subscription');
SELECT ispbill_keep_versions('customers_package');
SELECT ispbill_keep_versions('customers_packageprice');
SELECT ispbill_keep_versions('customers_area');
SELECT ispbill_keep_versions('customers_suspension');
SELECT ispbill_keep_versions('customers_lead');

SELECT ispbill_protect('customers_customer', 'id');
SELECT ispbill_protect('customers_standing', 'customer_id');
SELECT ispbill_protect('customers_subscription', 'customer_id');
SELECT ispbill_protect('customers_suspension', 'customer_id');
SELECT ispbill_protect('customers_customernote', 'customer_id');
SELECT ispbill_protect('customers_customerlogin', 'customer_id');
SELECT ispbill_protect('customers_lead', 'customer_id');

SELECT ispbill_portal_may('SELECT', 'customers_customer');
SELECT ispbill_portal_may('SELECT', 'customers_standing');
SELECT ispbill_portal_may('SELECT', 'customers_subscription');
SELECT ispbill_portal_may('SELECT', 'customers_suspension');
SELECT ispbill_portal_may('SELECT', 'customers_customerlogin');
SELECT ispbill_portal_may('SELECT', 'customers_area');
SELECT ispbill_portal_may('SELECT', 'customers_package');
SELECT ispbill_portal_may('SELECT', 'customers_packageprice');
SELECT ispbill_portal_may('SELECT', 'customers_ottapp');
SELECT ispbill_portal_may('SELECT', 'customers_package_ott_apps');
SELECT ispbill_portal_may('SELECT', 'core_company');

-- Every customer has a standing from birth.
CREATE FUNCTION give_customer_standing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO customers_standing (customer_id, balance_amount, usage_cycle_gb,
        lifetime_value_amount, ticket_count, top_ott_app, peak_hours)
    SELECT id, 0, 0, 0, 0, '', '' FROM new_rows
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER give_standing AFTER INSERT ON customers_customer
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION give_customer_standing();

-- A customer's status follows from the services.
CREATE FUNCTION derive_customer_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE customers_customer c
    SET status = d.status
    FROM (
        SELECT s.customer_id,
               CASE WHEN bool_or(s.status = 'ACTIVE') THEN 'ACTIVE'
                    WHEN bool_or(s.status = 'SUSPENDED') THEN 'SUSPENDED'
                    WHEN bool_or(s.status = 'PENDING') THEN 'PENDING'
                    ELSE 'CANCELLED' END AS status
        FROM customers_subscription s
        WHERE s.customer_id IN (SELECT DISTINCT customer_id FROM new_rows)
        GROUP BY s.customer_id
    ) d
    WHERE c.id = d.customer_id AND c.status <> d.status;
    RETURN NULL;
END $$;
CREATE TRIGGER derive_status_insert AFTER INSERT ON customers_subscription
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derive_customer_status();
CREATE TRIGGER derive_status_update AFTER UPDATE ON customers_subscription
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derive_customer_status();

-- Each change of a service's state leaves one audit row with who, why, before and after; without
-- a reason there is no change. Only the moves of the lifecycle are possible.
-- Old and new rows are matched by hash whatever the plan of an earlier, smaller call was: with a
-- nested loop two thousand suspensions would take four million comparisons.
CREATE FUNCTION audit_subscription_status() RETURNS trigger LANGUAGE plpgsql
    SET enable_nestloop = off AS $$
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
END $$;
CREATE TRIGGER audit_status AFTER UPDATE ON customers_subscription
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION audit_subscription_status();
"""

DROP = """
DROP FUNCTION audit_subscription_status CASCADE;
DROP FUNCTION derive_customer_status CASCADE;
DROP FUNCTION give_customer_standing CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0001_initial"),
        ("accounts", "0002_guards"),
        ("notifications", "0002_guards"),
    ]
    operations = [migrations.RunSQL(GUARDS, DROP)]
