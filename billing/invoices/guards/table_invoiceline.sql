-- Keeps billing_invoiceline: the portal reads its own customers' rows; it is never emptied.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_invoiceline', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_invoiceline');
CREATE OR REPLACE TRIGGER line_frozen_truncate BEFORE TRUNCATE ON billing_invoiceline
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
