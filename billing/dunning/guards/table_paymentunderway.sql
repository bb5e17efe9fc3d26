-- Keeps billing_paymentunderway: the portal sees nothing of it.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_paymentunderway', 'customer_id');
