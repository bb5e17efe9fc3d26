-- Keeps customers_accountstate: the portal reads its own customers' rows; its pages keep room for
-- updates.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('customers_accountstate', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'customers_accountstate');
ALTER TABLE customers_accountstate SET (fillfactor = 50);  -- its rows are updated in place
