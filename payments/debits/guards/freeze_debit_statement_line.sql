-- Refuses to change a line of a debit statement, but for what became of it.
-- Rule: payments.debits.services.statements
CREATE OR REPLACE FUNCTION freeze_debit_statement_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR to_jsonb(NEW) - ARRAY['outcome', 'note', 'order_id', 'payout_id']
          <> to_jsonb(OLD) - ARRAY['outcome', 'note', 'order_id', 'payout_id']
       OR (OLD.payout_id IS NOT NULL AND NEW.payout_id IS DISTINCT FROM OLD.payout_id)
       OR (OLD.outcome NOT IN ('NEW', 'HELD') AND NEW.outcome <> OLD.outcome) THEN
        RAISE EXCEPTION 'a statement line stays as it was imported'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'debit_statement_line_is_kept';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER debit_statement_line_frozen BEFORE UPDATE OR DELETE ON payments_debitstatementline
    FOR EACH ROW EXECUTE FUNCTION freeze_debit_statement_line();
