"""Cash has a place: each posting to the cash account lies in a shift or in a safe, by trigger.

docs/adr/0023-cash-desk.md. What a shift holds is moved by those rows alone; a closed cash day takes
no more of them; counts, hand-overs and closings are never changed.
"""

from django.db import migrations

SQL = """
-- Cash booked before there were shifts lies in the safes.
INSERT INTO payments_cashmove (kind, branch_id, amount, moved_on, moved_at, entry_id, line_no)
SELECT CASE WHEN p.amount > 0 THEN 'TAKEN' ELSE 'PAID_OUT' END, e.branch_id, p.amount,
       e.posted_on, e.at, p.entry_id, p.line_no
FROM billing_posting p JOIN billing_journalentry e ON e.id = p.entry_id
WHERE p.account_id = 1000 ORDER BY p.entry_id, p.line_no;
SET CONSTRAINTS ALL IMMEDIATE;

-- The gate of a branch's cash. Whoever moves cash holds it shared until the end of the transaction;
-- who closes a day holds it alone. Two keys, so that it meets no other lock.
CREATE FUNCTION payments_lock_cash(branch bigint, alone boolean) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF alone THEN
        PERFORM pg_advisory_xact_lock(482015, branch::int);
    ELSE
        PERFORM pg_advisory_xact_lock_shared(482015, branch::int);
    END IF;
END $$;

-- The last day a branch takes no more cash on; NULL while nothing is closed.
CREATE FUNCTION payments_cash_closed_through(branch bigint) RETURNS date
LANGUAGE sql VOLATILE AS $$
    SELECT max(day) FROM payments_dayclose WHERE branch_id = branch
$$;

-- The day cash of `wanted` counts for: that day, or the first one that is not closed.
CREATE FUNCTION payments_open_cash_day(branch bigint, wanted date) RETURNS date
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM payments_lock_cash(branch, false);
    RETURN greatest(wanted, payments_cash_closed_through(branch) + 1);
END $$;

-- Where cash goes: what undoes an entry goes back to that entry's shift while it is open, all else
-- to the open shift of the person; a drawer that holds too little, or none, means the safe: of the
-- branch that got the cash, or of `home`. The shifts asked are locked, in one order, until the
-- transaction ends.
CREATE FUNCTION payments_till(whose bigint, undone bigint, home bigint, change numeric,
                              OUT shift bigint, OUT branch bigint)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    earlier bigint;
    place bigint;
BEGIN
    SELECT m.shift_id, m.branch_id INTO earlier, place FROM payments_cashmove m
    WHERE m.entry_id = undone ORDER BY m.id LIMIT 1;
    PERFORM 1 FROM payments_shift s
    WHERE s.state = 'OPEN' AND (s.id = earlier OR s.person_id = whose)
    ORDER BY s.id FOR NO KEY UPDATE;
    SELECT s.id, s.branch_id INTO shift, branch FROM payments_shift s
    WHERE s.state = 'OPEN' AND (s.id = earlier OR s.person_id = whose)
      AND s.held_amount + change >= 0
    ORDER BY (s.id = earlier) DESC NULLS LAST LIMIT 1;
    branch := coalesce(branch, place, home);
END $$;

CREATE FUNCTION place_cash() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    line record;
    place record;
BEGIN
    IF NOT EXISTS (SELECT FROM new_rows WHERE account_id = 1000) THEN
        RETURN NULL;
    END IF;
    IF NOT EXISTS (SELECT FROM payments_shift WHERE state <> 'CLOSED') THEN
        -- Nobody has a drawer open (an import, a company without a cash desk): all of it is in
        -- the safes, and one statement says so.
        INSERT INTO payments_cashmove (kind, branch_id, amount, moved_on, moved_at, entry_id, line_no)
        SELECT CASE WHEN e.source_type = 'cash_banking' THEN 'BANKED'
                    WHEN n.amount > 0 THEN 'TAKEN' ELSE 'PAID_OUT' END,
               coalesce(m.branch_id, e.branch_id), n.amount, e.posted_on, e.at, n.entry_id,
               n.line_no
        FROM new_rows n JOIN billing_journalentry e ON e.id = n.entry_id
        LEFT JOIN payments_cashmove m ON m.entry_id = e.reverses_id AND m.line_no = n.line_no
        WHERE n.account_id = 1000 ORDER BY n.entry_id, n.line_no;
        RETURN NULL;
    END IF;
    FOR line IN
        SELECT n.entry_id, n.line_no, n.amount, e.source_type, e.source_id, e.posted_on, e.at,
               e.branch_id, e.reverses_id, coalesce(p.received_by_id, e.actor_id) AS person_id
        FROM new_rows n
        JOIN billing_journalentry e ON e.id = n.entry_id
        LEFT JOIN payments_payment p ON e.source_type = 'payment' AND e.kind = 'PAYMENT'
                                    AND p.id = e.source_id
        WHERE n.account_id = 1000 ORDER BY n.entry_id, n.line_no
    LOOP
        IF line.source_type = 'cash_count' THEN
            SELECT s.id AS shift, s.branch_id AS branch INTO place
            FROM payments_cashcount c JOIN payments_shift s ON s.id = c.shift_id
            WHERE c.id = line.source_id;
        ELSIF line.source_type = 'cash_banking' THEN
            SELECT NULL::bigint AS shift, line.branch_id AS branch INTO place;
        ELSE
            SELECT t.shift, t.branch INTO place
            FROM payments_till(line.person_id, line.reverses_id, line.branch_id, line.amount) t;
        END IF;
        INSERT INTO payments_cashmove
            (kind, branch_id, shift_id, amount, moved_on, moved_at, entry_id, line_no)
        VALUES (CASE WHEN line.source_type = 'cash_count' THEN 'DIFFERENCE'
                     WHEN line.source_type = 'cash_banking' THEN 'BANKED'
                     WHEN line.amount > 0 THEN 'TAKEN' ELSE 'PAID_OUT' END,
                place.branch, place.shift, line.amount, line.posted_on, line.at, line.entry_id,
                line.line_no);
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER postings_place_cash AFTER INSERT ON billing_posting
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION place_cash();

CREATE FUNCTION move_cash() RETURNS trigger LANGUAGE plpgsql AS $$
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
        PERFORM payments_lock_cash(place.branch, false);
        IF place.first <= payments_cash_closed_through(place.branch) THEN
            RAISE EXCEPTION 'the cash of % is closed in this branch', place.first
                USING ERRCODE = 'check_violation', CONSTRAINT = 'cash_day_is_open';
        END IF;
    END LOOP;
    UPDATE payments_shift s
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
END $$;
CREATE TRIGGER cash_moves AFTER INSERT ON payments_cashmove
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION move_cash();

CREATE TRIGGER shift_figures_by_moves BEFORE UPDATE OF held_amount, float_amount, taken_amount,
    paid_out_amount, received_amount, handed_amount, difference_amount, returned_amount
    ON payments_shift FOR EACH ROW
    WHEN (pg_trigger_depth() = 0
          AND (OLD.held_amount, OLD.float_amount, OLD.taken_amount, OLD.paid_out_amount,
               OLD.received_amount, OLD.handed_amount, OLD.difference_amount, OLD.returned_amount)
           IS DISTINCT FROM
              (NEW.held_amount, NEW.float_amount, NEW.taken_amount, NEW.paid_out_amount,
               NEW.received_amount, NEW.handed_amount, NEW.difference_amount, NEW.returned_amount))
    EXECUTE FUNCTION refuse_sum_by_hand();

-- A shift begins empty and open, and goes one way: open, counted (and counted again), closed.
CREATE FUNCTION freeze_shift() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state = 'OPEN' AND NEW.held_amount = 0 AND NEW.float_amount = 0
           AND NEW.taken_amount = 0 AND NEW.paid_out_amount = 0 AND NEW.received_amount = 0
           AND NEW.handed_amount = 0 AND NEW.difference_amount = 0 AND NEW.returned_amount = 0 THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'UPDATE' AND OLD.state <> 'CLOSED'
          AND (OLD.number, OLD.person_id, OLD.branch_id, OLD.kind, OLD.opened_on, OLD.opened_at)
            = (NEW.number, NEW.person_id, NEW.branch_id, NEW.kind, NEW.opened_on, NEW.opened_at)
          AND (OLD.state, NEW.state) IN (('OPEN', 'OPEN'), ('OPEN', 'COUNTED'),
                                         ('COUNTED', 'COUNTED'), ('COUNTED', 'CLOSED')) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a shift begins empty, and a closed one is never changed'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'shift_is_frozen';
END $$;
CREATE TRIGGER shift_frozen BEFORE INSERT OR UPDATE OR DELETE ON payments_shift
    FOR EACH ROW EXECUTE FUNCTION freeze_shift();
CREATE TRIGGER shift_kept_truncate BEFORE TRUNCATE ON payments_shift
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION freeze_handover() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'OFFERED'
       OR (OLD.from_shift_id, OLD.to_person_id, OLD.amount, OLD.note, OLD.offered_at,
           OLD.offered_by_id)
          IS DISTINCT FROM
          (NEW.from_shift_id, NEW.to_person_id, NEW.amount, NEW.note, NEW.offered_at,
           NEW.offered_by_id) THEN
        RAISE EXCEPTION 'a hand-over is decided once and never changed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'handover_is_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER handover_frozen BEFORE UPDATE OR DELETE ON payments_handover
    FOR EACH ROW EXECUTE FUNCTION freeze_handover();
CREATE TRIGGER handover_kept_truncate BEFORE TRUNCATE ON payments_handover
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Days are closed one after the other, and only when every shift of the day is signed.
CREATE FUNCTION check_day_close() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    through date;
BEGIN
    PERFORM payments_lock_cash(NEW.branch_id, true);
    through := payments_cash_closed_through(NEW.branch_id);
    IF NEW.after_day IS DISTINCT FROM through OR NEW.day <= through THEN
        RAISE EXCEPTION 'the cash of this branch is closed up to %', through
            USING ERRCODE = 'check_violation', CONSTRAINT = 'days_close_in_order';
    END IF;
    IF EXISTS (SELECT FROM payments_shift WHERE branch_id = NEW.branch_id AND state <> 'CLOSED'
               AND opened_on <= NEW.day) THEN
        RAISE EXCEPTION 'a shift of this day is not closed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'day_close_after_its_shifts';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER day_close_holds BEFORE INSERT ON payments_dayclose
    FOR EACH ROW EXECUTE FUNCTION check_day_close();

SELECT ispbill_append_only('payments_cashmove');
SELECT ispbill_append_only('payments_cashcount');
SELECT ispbill_append_only('payments_cashbanking');
SELECT ispbill_append_only('payments_dayclose');

ALTER TABLE payments_shift SET (fillfactor = 70);
"""

DROP = """
DROP TRIGGER postings_place_cash ON billing_posting;
DROP TRIGGER shift_figures_by_moves ON payments_shift;
DROP FUNCTION check_day_close, freeze_handover, freeze_shift, move_cash, place_cash CASCADE;
DROP FUNCTION payments_till, payments_open_cash_day, payments_cash_closed_through,
    payments_lock_cash;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0013_cash_desk"), ("billing", "0014_print_parts")]
    operations = [migrations.RunSQL(SQL, DROP)]
