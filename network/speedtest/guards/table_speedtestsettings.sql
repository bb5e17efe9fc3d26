-- Keeps network_speedtestsettings: the portal reads it; what a row was before is kept.
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_portal_may('SELECT', 'network_speedtestsettings');
SELECT ispbill_keep_versions('network_speedtestsettings');
