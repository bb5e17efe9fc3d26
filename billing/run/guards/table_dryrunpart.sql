-- Keeps billing_dryrunpart: the portal sees nothing of it.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_dryrunpart', 'customer_id');
