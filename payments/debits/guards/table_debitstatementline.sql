-- Keeps payments_debitstatementline: it is never emptied.
-- Test: tests/laws/test_guards.py
CREATE OR REPLACE TRIGGER debit_statement_line_kept_truncate BEFORE TRUNCATE ON payments_debitstatementline
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
