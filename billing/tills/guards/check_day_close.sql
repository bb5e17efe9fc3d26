-- Refuses to close a branch's cash out of order, or while a shift of the day is not signed.
-- Rule: payments.desk.services.days
--
-- Days are closed one after the other, and only when every shift of the day is signed.
CREATE OR REPLACE FUNCTION check_day_close() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    through date;
BEGIN
    PERFORM billing_lock_cash(NEW.branch_id, true);
    through := billing_cash_closed_through(NEW.branch_id);
    IF NEW.after_day IS DISTINCT FROM through OR NEW.day <= through THEN
        RAISE EXCEPTION 'the cash of this branch is closed up to %', through
            USING ERRCODE = 'check_violation', CONSTRAINT = 'days_close_in_order';
    END IF;
    IF EXISTS (SELECT FROM billing_shift WHERE branch_id = NEW.branch_id AND state <> 'CLOSED'
               AND opened_on <= NEW.day) THEN
        RAISE EXCEPTION 'a shift of this day is not closed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'day_close_after_its_shifts';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER day_close_holds BEFORE INSERT ON billing_dayclose
    FOR EACH ROW EXECUTE FUNCTION check_day_close();
