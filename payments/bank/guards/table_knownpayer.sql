-- Keeps payments_knownpayer: the portal sees nothing of it.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('payments_knownpayer', 'customer_id');
