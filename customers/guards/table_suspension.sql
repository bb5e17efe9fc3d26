-- Keeps customers_suspension: the portal reads its own customers' rows; what a row was before is
-- kept.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('customers_suspension', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'customers_suspension');
SELECT ispbill_keep_versions('customers_suspension');
