-- Keeps customers_taxcertificate: the portal sees nothing of it.
-- Rule: ispbill.core.rls
-- Test: tests/laws/test_guards.py
SELECT ispbill_protect('customers_taxcertificate', 'customer_id');
