-- Keeps billing_breakrequest: the portal reads its own customers' rows; its rows are never
-- removed.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_breakrequest', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_breakrequest');
CREATE OR REPLACE TRIGGER break_request_kept BEFORE DELETE ON billing_breakrequest
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
