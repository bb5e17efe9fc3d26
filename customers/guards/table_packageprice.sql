-- Keeps customers_packageprice: the portal reads it; what a row was before is kept.
-- Test: tests/laws/test_guards.py
SELECT ispbill_portal_may('SELECT', 'customers_packageprice');
SELECT ispbill_keep_versions('customers_packageprice');
