-- Keeps resellers_commissionback: it is never emptied.
-- Test: tests/laws/test_guards.py
CREATE OR REPLACE TRIGGER commission_back_kept_truncate BEFORE TRUNCATE ON resellers_commissionback
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
