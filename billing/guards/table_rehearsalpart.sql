-- Keeps billing_rehearsalpart: the portal sees nothing of it.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_rehearsalpart', 'customer_id');
