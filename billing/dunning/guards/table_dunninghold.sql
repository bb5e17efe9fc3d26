-- Keeps billing_dunninghold: the portal sees nothing of it.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('billing_dunninghold', 'customer_id');
