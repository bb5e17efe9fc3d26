-- Refuses to decide a request for approval twice, to change or to remove it.
-- Rule: billing.approvals.services.approvals
-- Test: tests/laws/test_guards.py
CREATE OR REPLACE FUNCTION freeze_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.status = 'PENDING' AND NEW.status <> 'PENDING'
       AND (NEW.kind, NEW.customer_id, NEW.branch_id, NEW.invoice_id, NEW.amount, NEW.payload,
            NEW.facts, NEW.key, NEW.reason, NEW.requested_by_id, NEW.requested_at)
           IS NOT DISTINCT FROM
           (OLD.kind, OLD.customer_id, OLD.branch_id, OLD.invoice_id, OLD.amount, OLD.payload,
            OLD.facts, OLD.key, OLD.reason, OLD.requested_by_id, OLD.requested_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a request for approval is decided once and never changed'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'approval_is_frozen';
END
$$;

CREATE OR REPLACE TRIGGER approval_frozen BEFORE UPDATE OR DELETE ON billing_approval
    FOR EACH ROW EXECUTE FUNCTION freeze_approval();
