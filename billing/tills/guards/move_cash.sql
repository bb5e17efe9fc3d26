-- Keeps a shift's figures by its cash moves; refuses moves that do not balance, or into a closed
-- day or shift.
-- Rule: billing.tills.services.tills
CREATE OR REPLACE FUNCTION move_cash() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    place record;
    moved bigint;
BEGIN
    IF pg_trigger_depth() = 1 AND EXISTS (SELECT FROM new_rows WHERE entry_id IS NOT NULL) THEN
        RAISE EXCEPTION 'cash of the books is placed by its posting alone'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'cash_move_by_its_posting';
    END IF;
    IF (SELECT sum(amount) FROM new_rows WHERE entry_id IS NULL) <> 0 THEN
        RAISE EXCEPTION 'what leaves one till must enter another'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cash_passing_balances';
    END IF;
    FOR place IN SELECT branch_id AS branch, min(moved_on) AS first FROM new_rows
                 GROUP BY branch_id ORDER BY branch_id LOOP
        PERFORM billing_lock_cash(place.branch, false);
        IF place.first <= billing_cash_closed_through(place.branch) THEN
            RAISE EXCEPTION 'the cash of % is closed in this branch', place.first
                USING ERRCODE = 'check_violation', CONSTRAINT = 'cash_day_is_open';
        END IF;
    END LOOP;
    UPDATE billing_shift s
    SET held_amount = s.held_amount + m.amount,
        float_amount = s.float_amount + m.float,
        taken_amount = s.taken_amount + m.taken,
        paid_out_amount = s.paid_out_amount + m.paid_out,
        received_amount = s.received_amount + m.received,
        handed_amount = s.handed_amount + m.handed,
        difference_amount = s.difference_amount + m.difference,
        returned_amount = s.returned_amount + m.returned
    FROM (SELECT shift_id, sum(amount) AS amount,
                 coalesce(sum(amount) FILTER (WHERE kind = 'FLOAT'), 0) AS float,
                 coalesce(sum(amount) FILTER (WHERE kind = 'TAKEN'), 0) AS taken,
                 coalesce(-sum(amount) FILTER (WHERE kind = 'PAID_OUT'), 0) AS paid_out,
                 coalesce(sum(amount) FILTER (WHERE kind = 'HANDOVER' AND amount > 0), 0) AS received,
                 coalesce(-sum(amount) FILTER (WHERE kind = 'HANDOVER' AND amount < 0), 0) AS handed,
                 coalesce(sum(amount) FILTER (WHERE kind = 'DIFFERENCE'), 0) AS difference,
                 coalesce(-sum(amount) FILTER (WHERE kind = 'RETURNED'), 0) AS returned,
                 bool_or(kind IN ('DIFFERENCE', 'RETURNED')) AS is_end,
                 bool_or(kind NOT IN ('DIFFERENCE', 'RETURNED')) AS is_work,
                 min(branch_id) AS low, max(branch_id) AS high
          FROM new_rows WHERE shift_id IS NOT NULL GROUP BY shift_id ORDER BY shift_id) m
    WHERE s.id = m.shift_id AND s.branch_id = m.low AND s.branch_id = m.high
      AND ((s.state = 'OPEN' AND NOT m.is_end) OR (s.state = 'COUNTED' AND NOT m.is_work));
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved <> (SELECT count(DISTINCT shift_id) FROM new_rows) THEN
        RAISE EXCEPTION 'cash belongs to an open shift of the same branch'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'cash_in_open_shift';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER cash_moves AFTER INSERT ON billing_cashmove
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION move_cash();
