-- Refuses to change what the bank said.
-- Rule: payments.bank.services.accepting
--
-- What the bank said stays said; what is held as unmatched stays so.
CREATE OR REPLACE FUNCTION freeze_statement_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR (NEW.account_id, NEW.statement_id, NEW.row_no, NEW.booked_on, NEW.amount,
           NEW.description, NEW.reference, NEW.counterparty, NEW.bank_id, NEW.fingerprint)
          IS DISTINCT FROM
          (OLD.account_id, OLD.statement_id, OLD.row_no, OLD.booked_on, OLD.amount,
           OLD.description, OLD.reference, OLD.counterparty, OLD.bank_id, OLD.fingerprint)
       OR (OLD.is_held_unmatched AND NOT NEW.is_held_unmatched) THEN
        RAISE EXCEPTION 'a line of a statement stays what the bank said'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'statement_line_is_frozen';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER statement_line_frozen BEFORE UPDATE OR DELETE ON payments_statementline
    FOR EACH ROW EXECUTE FUNCTION freeze_statement_line();
