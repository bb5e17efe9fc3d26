-- Keeps customers_ottapp: the portal reads it.
-- Test: tests/laws/test_guards.py
SELECT ispbill_portal_may('SELECT', 'customers_ottapp');
