-- Refuses a shift that does not begin empty, and any change of a closed one.
-- Rule: payments.desk.services.shifts
--
-- A shift begins empty and open, and goes one way: open, counted (and counted again), closed.
CREATE OR REPLACE FUNCTION freeze_shift() RETURNS trigger LANGUAGE plpgsql AS $$
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
END
$$;

CREATE OR REPLACE TRIGGER shift_frozen BEFORE INSERT OR UPDATE OR DELETE ON billing_shift
    FOR EACH ROW EXECUTE FUNCTION freeze_shift();
