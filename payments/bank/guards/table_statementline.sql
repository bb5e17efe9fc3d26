-- Keeps payments_statementline: it is never emptied; its sums are moved by its documents only.
-- Test: tests/laws/test_guards.py
CREATE OR REPLACE TRIGGER statement_line_kept_truncate BEFORE TRUNCATE ON payments_statementline
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER statement_line_moved_by_parts BEFORE UPDATE OF open_amount ON payments_statementline
    FOR EACH ROW WHEN (NEW.open_amount <> OLD.open_amount AND pg_trigger_depth() = 0)
    EXECUTE FUNCTION refuse_sum_by_hand();
