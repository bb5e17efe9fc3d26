-- Keeps customers_customerlogin: the portal reads its own customers' rows.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('customers_customerlogin', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'customers_customerlogin');
