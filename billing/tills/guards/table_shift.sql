-- Keeps billing_shift: it is never emptied; its sums are moved by its documents only; its pages
-- keep room for updates.
-- Test: tests/laws/test_guards.py
-- Needs: refuse_sum_by_hand
CREATE OR REPLACE TRIGGER shift_figures_by_moves BEFORE UPDATE OF held_amount, float_amount, taken_amount,
    paid_out_amount, received_amount, handed_amount, difference_amount, returned_amount
    ON billing_shift FOR EACH ROW
    WHEN (pg_trigger_depth() = 0
          AND (OLD.held_amount, OLD.float_amount, OLD.taken_amount, OLD.paid_out_amount,
               OLD.received_amount, OLD.handed_amount, OLD.difference_amount, OLD.returned_amount)
           IS DISTINCT FROM
              (NEW.held_amount, NEW.float_amount, NEW.taken_amount, NEW.paid_out_amount,
               NEW.received_amount, NEW.handed_amount, NEW.difference_amount, NEW.returned_amount))
    EXECUTE FUNCTION refuse_sum_by_hand();
CREATE OR REPLACE TRIGGER shift_kept_truncate BEFORE TRUNCATE ON billing_shift
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE billing_shift SET (fillfactor = 70);  -- its rows are updated in place
