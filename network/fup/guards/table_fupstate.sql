-- Keeps network_fupstate: the portal reads its own customers' rows; its pages keep room for updates.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('network_fupstate', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'network_fupstate');
ALTER TABLE network_fupstate SET (fillfactor = 70);
