-- Keeps payments_debitbatch: it is never emptied.
-- Test: tests/laws/test_guards.py
CREATE OR REPLACE TRIGGER debit_batch_kept_truncate BEFORE TRUNCATE ON payments_debitbatch
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
