-- Keeps billing_periodclose: it is never emptied; its rows are never removed.
-- Test: tests/laws/test_guards.py
CREATE OR REPLACE TRIGGER period_kept BEFORE DELETE ON billing_periodclose
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER period_kept_truncate BEFORE TRUNCATE ON billing_periodclose
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
