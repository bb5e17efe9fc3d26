-- Keeps customers_taxclass: the portal reads it; what a row was before is kept.
-- Test: tests/laws/test_guards.py
SELECT ispbill_portal_may('SELECT', 'customers_taxclass');
SELECT ispbill_keep_versions('customers_taxclass');
