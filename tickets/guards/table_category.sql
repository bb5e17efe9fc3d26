-- Keeps tickets_category: the portal reads it.
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_portal_may('SELECT', 'tickets_category');
