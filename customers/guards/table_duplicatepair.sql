-- Keeps customers_duplicatepair: the portal sees nothing of it.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('customers_duplicatepair', 'first_id');
