-- Keeps customers_customernote: the portal sees nothing of it.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('customers_customernote', 'customer_id');
