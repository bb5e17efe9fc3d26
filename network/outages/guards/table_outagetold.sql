-- Keeps network_outagetold: the portal sees nothing of it.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('network_outagetold', 'customer_id');
