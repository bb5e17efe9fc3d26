-- Keeps payments_gatewayrefund: the portal sees nothing of it.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('payments_gatewayrefund', 'customer_id');
