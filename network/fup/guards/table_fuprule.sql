-- Keeps network_fuprule: the portal reads it; what a row was before is kept.
-- Test: tests/architecture/test_row_level_security.py
SELECT ispbill_portal_may('SELECT', 'network_fuprule');
SELECT ispbill_keep_versions('network_fuprule');
