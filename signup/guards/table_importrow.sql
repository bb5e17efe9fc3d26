-- Keeps signup_importrow: the portal sees nothing of it.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('signup_importrow', 'customer_id');
