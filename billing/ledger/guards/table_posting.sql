-- Keeps billing_posting: the portal reads its own customers' rows; its rows are written once.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_posting', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_posting');
SELECT ispbill_append_only('billing_posting');
