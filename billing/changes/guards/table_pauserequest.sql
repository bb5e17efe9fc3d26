-- Keeps billing_pauserequest: the portal reads its own customers' rows; its rows are never
-- removed.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_pauserequest', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_pauserequest');
CREATE OR REPLACE TRIGGER pause_request_kept BEFORE DELETE ON billing_pauserequest
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
