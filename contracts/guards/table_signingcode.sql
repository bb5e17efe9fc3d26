-- Keeps contracts_signingcode: the portal does not read it.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('contracts_signingcode', 'customer_id');
