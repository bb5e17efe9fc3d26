-- Keeps billing_handover: it is never emptied.
-- Test: tests/laws/test_guards.py
CREATE OR REPLACE TRIGGER handover_kept_truncate BEFORE TRUNCATE ON billing_handover
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
