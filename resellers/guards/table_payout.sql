-- Keeps resellers_payout: it is never emptied.
-- Test: tests/laws/test_guards.py
CREATE OR REPLACE TRIGGER payout_kept_truncate BEFORE TRUNCATE ON resellers_payout
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
