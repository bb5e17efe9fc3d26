-- Keeps billing_allocation: the portal reads its own customers' rows.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_allocation', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_allocation');
