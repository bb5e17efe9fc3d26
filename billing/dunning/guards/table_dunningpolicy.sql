-- Keeps billing_dunningpolicy: the portal reads it; what a row was before is kept.
-- Test: tests/laws/test_guards.py
SELECT ispbill_portal_may('SELECT', 'billing_dunningpolicy');
SELECT ispbill_keep_versions('billing_dunningpolicy');
