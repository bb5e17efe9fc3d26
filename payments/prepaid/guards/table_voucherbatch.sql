-- Keeps payments_voucherbatch: it is never emptied.
-- Test: tests/laws/test_guards.py
CREATE OR REPLACE TRIGGER voucher_batch_kept_truncate BEFORE TRUNCATE ON payments_voucherbatch
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
