-- Keeps payments_gatewaycallback: it is never emptied.
-- Test: tests/laws/test_guards.py
CREATE OR REPLACE TRIGGER callback_kept_truncate BEFORE TRUNCATE ON payments_gatewaycallback
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
