-- Keeps billing_shift: it is never emptied; its sums are moved by its documents only; its pages
-- keep room for updates.
-- Test: tests/laws/test_guards.py
-- Needs: refuse_sum_by_hand
CREATE OR REPLACE TRIGGER shift_figures_by_moves BEFORE UPDATE OF held_amount, float_amount, taken_amount,
    paid_out_amount, received_amount, handed_amount, difference_amount, returned_amount
    ON billing_shift FOR EACH ROW
    WHEN (pg_trigger_depth() = 0
          AND (OLD.held_amount IS DISTINCT FROM NEW.held_amount
               OR OLD.float_amount IS DISTINCT FROM NEW.float_amount
               OR OLD.taken_amount IS DISTINCT FROM NEW.taken_amount
               OR OLD.paid_out_amount IS DISTINCT FROM NEW.paid_out_amount
               OR OLD.received_amount IS DISTINCT FROM NEW.received_amount
               OR OLD.handed_amount IS DISTINCT FROM NEW.handed_amount
               OR OLD.difference_amount IS DISTINCT FROM NEW.difference_amount
               OR OLD.returned_amount IS DISTINCT FROM NEW.returned_amount))
    EXECUTE FUNCTION refuse_sum_by_hand();
CREATE OR REPLACE TRIGGER shift_kept_truncate BEFORE TRUNCATE ON billing_shift
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE billing_shift SET (fillfactor = 70);  -- its rows are updated in place
