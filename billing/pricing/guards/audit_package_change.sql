-- Writes an audit event for each move of a package change.
-- Rule: billing.changes.services.package_changes
--
-- Runs as its owner, because the portal may not write the audit trail itself.
CREATE OR REPLACE FUNCTION audit_package_change() RETURNS trigger
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
           '', 'package_change.' || lower(NEW.status), 'packagechange', NEW.id::text,
           s.connection_id, NEW.customer_id, c.branch_id,
           coalesce(current_setting('app.reason', true), ''),
           CASE WHEN TG_OP = 'UPDATE' THEN jsonb_build_object('status', OLD.status) END,
           jsonb_build_object('status', NEW.status, 'from', f.name, 'to', t.name,
               'effective_on', NEW.effective_on, 'total', NEW.total_amount::text),
           coalesce(current_setting('app.request_id', true), '')
    FROM customers_subscription s
    JOIN customers_customer c ON c.id = s.customer_id
    JOIN customers_package f ON f.id = NEW.package_from_id
    JOIN customers_package t ON t.id = NEW.package_to_id
    WHERE s.id = NEW.subscription_id;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER package_change_audit AFTER INSERT OR UPDATE ON billing_packagechange
    FOR EACH ROW EXECUTE FUNCTION audit_package_change();
