-- Keeps customers_package_ott_apps: the portal reads it.
-- Test: tests/laws/test_guards.py
SELECT ispbill_portal_may('SELECT', 'customers_package_ott_apps');
