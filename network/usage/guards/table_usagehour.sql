-- Keeps network_usagehour: the portal reads its own customers' rows; its pages keep room for updates.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('network_usagehour', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'network_usagehour');
ALTER TABLE network_usagehour SET (fillfactor = 70);
