-- Keeps billing_billingrun: its rows are never removed.
-- Test: tests/laws/test_guards.py
CREATE OR REPLACE TRIGGER billing_run_kept BEFORE DELETE OR UPDATE OF id ON billing_billingrun
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
