-- Keeps network_ipassignment: the portal sees nothing of it; what a row was before is kept.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('network_ipassignment', 'customer_id');
SELECT ispbill_keep_versions('network_ipassignment');
