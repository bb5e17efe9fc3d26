-- Keeps customers_package: the portal reads it; what a row was before is kept.
-- Test: tests/laws/test_guards.py
SELECT ispbill_portal_may('SELECT', 'customers_package');
SELECT ispbill_keep_versions('customers_package');
