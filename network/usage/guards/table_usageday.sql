-- Keeps network_usageday: the portal reads its own customers' rows; its pages keep room for updates.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('network_usageday', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'network_usageday');
ALTER TABLE network_usageday SET (fillfactor = 70);
