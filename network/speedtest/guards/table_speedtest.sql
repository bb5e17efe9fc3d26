-- Keeps network_speedtest: the portal reads its own customers' rows.
-- Rule: ispbill.core.rls
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_protect('network_speedtest', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'network_speedtest');
