-- Refuses to change, remove or move back a debit batch once its file may have left.
-- Rule: payments.debits.rules.debits
--
-- SENDING may go back to DRAFT only when the file certainly never left.
CREATE OR REPLACE FUNCTION freeze_debit_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a debit batch is never removed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'debit_batch_is_kept';
    END IF;
    IF (NEW.name, NEW.instruction, NEW.action_date, NEW.currency)
       IS DISTINCT FROM (OLD.name, OLD.instruction, OLD.action_date, OLD.currency)
       OR (OLD.state <> 'DRAFT' AND NEW.state <> 'DRAFT'
           AND (NEW.orders_count, NEW.total_amount, NEW.sent_at)
               IS DISTINCT FROM (OLD.orders_count, OLD.total_amount, OLD.sent_at)) THEN
        RAISE EXCEPTION 'batch % stays as it was sent', OLD.name
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'debit_batch_is_frozen';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('DRAFT', 'SENDING'), ('DRAFT', 'ABANDONED'),
        ('SENDING', 'DRAFT'), ('SENDING', 'UPLOADED'), ('SENDING', 'FAILED'),
        ('SENDING', 'ABANDONED'),
        ('UPLOADED', 'LOADED'), ('UPLOADED', 'FAILED'),
        ('LOADED', 'AUTHORISED'), ('LOADED', 'LAPSED'),
        ('AUTHORISED', 'PROCESSED')) THEN
        RAISE EXCEPTION 'batch %: % does not become %', OLD.name, OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'debit_batch_moves_forward';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER debit_batch_frozen BEFORE UPDATE OR DELETE ON payments_debitbatch
    FOR EACH ROW EXECUTE FUNCTION freeze_debit_batch();
