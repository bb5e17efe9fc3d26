-- Keeps core_simulatedclock: the portal reads it.
-- Test: tests/architecture/test_row_level_security.py
-- Needs: ispbill_portal_may
SELECT ispbill_portal_may('SELECT', 'core_simulatedclock');
