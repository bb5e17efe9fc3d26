-- Keeps billing_holiday: the portal reads it; what a row was before is kept.
-- Test: tests/laws/test_guards.py
SELECT ispbill_portal_may('SELECT', 'billing_holiday');
SELECT ispbill_keep_versions('billing_holiday');
