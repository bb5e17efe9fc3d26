-- Keeps billing_creditnoteline: the portal reads its own customers' rows; its rows are written
-- once.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_creditnoteline', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_creditnoteline');
SELECT ispbill_append_only('billing_creditnoteline');
