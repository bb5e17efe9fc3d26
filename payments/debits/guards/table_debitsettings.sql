-- Keeps payments_debitsettings: the portal reads it.
-- Test: tests/laws/test_guards.py
SELECT ispbill_portal_may('SELECT', 'payments_debitsettings');
