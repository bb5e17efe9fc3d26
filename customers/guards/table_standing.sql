-- Keeps customers_standing: the portal reads its own customers' rows; its pages keep room for
-- updates.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('customers_standing', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'customers_standing');
ALTER TABLE customers_standing SET (fillfactor = 50);  -- its rows are updated in place
