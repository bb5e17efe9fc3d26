-- Refuses a payment attempt that does not begin as started.
-- Rule: payments.online.rules.attempts
--
-- A new attempt begins at the beginning, whoever writes it.
CREATE OR REPLACE FUNCTION check_new_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'STARTED' OR NEW.payment_id IS NOT NULL THEN
        RAISE EXCEPTION 'a payment attempt begins as started'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'attempt_begins_started';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER attempt_begins BEFORE INSERT ON payments_paymentattempt
    FOR EACH ROW EXECUTE FUNCTION check_new_attempt();
