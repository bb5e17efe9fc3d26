-- Keeps payments_handover: it is never emptied.
-- Test: tests/laws/test_guards.py
CREATE OR REPLACE TRIGGER handover_kept_truncate BEFORE TRUNCATE ON payments_handover
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
