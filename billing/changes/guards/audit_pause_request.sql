-- Writes an audit event for each move of a request for a pause, and refuses a service of another
-- customer.
-- Rule: billing.changes.services.pauses
--
-- Runs as its owner, because the portal may not write the audit trail itself, nor see whose a
-- service is that is not its own.
CREATE OR REPLACE FUNCTION audit_pause_request() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path TO 'public', 'pg_temp' AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.status = OLD.status THEN
        RETURN NULL;
    END IF;
    INSERT INTO audit_auditevent (at, actor_id, actor_name, acting_as, action, target_type,
        target_id, target_label, customer_id, branch_id, reason, before, after, request_id)
    SELECT ispbill_at(),
           nullif(current_setting('app.actor_id', true), '')::bigint,
           coalesce(nullif(current_setting('app.actor_name', true), ''), 'system'),
           '', 'pause.' || lower(NEW.status), 'pauserequest', NEW.id::text,
           s.connection_id, NEW.customer_id, c.branch_id,
           coalesce(current_setting('app.reason', true), ''),
           CASE WHEN TG_OP = 'UPDATE' THEN jsonb_build_object('status', OLD.status) END,
           jsonb_build_object('status', NEW.status, 'from', lower(NEW.span),
               'until', upper(NEW.span), 'billed', NEW.is_billed,
               'credit', NEW.credit_amount::text),
           coalesce(current_setting('app.request_id', true), '')
    FROM customers_subscription s
    JOIN customers_customer c ON c.id = s.customer_id
    WHERE s.id = NEW.subscription_id AND s.customer_id = NEW.customer_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'pause % names a service of another customer', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'pause_request_own_service';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER pause_request_audit AFTER INSERT OR UPDATE ON billing_pauserequest
    FOR EACH ROW EXECUTE FUNCTION audit_pause_request();
