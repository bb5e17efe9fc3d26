-- Keeps signup_legacyrecord: the portal sees nothing of it.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('signup_legacyrecord', 'customer_id');
