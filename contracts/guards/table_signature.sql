-- Keeps contracts_signature: never changed nor removed; the portal does not read it.
-- Rule: ispbill.core.rls
-- Test: tests/contracts/services/test_guards.py
SELECT ispbill_protect('contracts_signature', 'customer_id');
SELECT ispbill_append_only('contracts_signature');
