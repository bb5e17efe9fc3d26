-- Keeps customers_merge: the portal sees nothing of it; what a row was before is kept.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('customers_merge', 'absorbed_id');
SELECT ispbill_keep_versions('customers_merge');
