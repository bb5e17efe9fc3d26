-- Refuses to decide a transfer twice, or to change it; one that was confirmed is taken back once.
-- Rule: resellers.services.transfers
CREATE OR REPLACE FUNCTION move_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decided CONSTANT text[] :=
        '{status,account_no,decided_by_id,decided_at,decided_on,rejection_reason}';
    taken_back CONSTANT text[] := '{status,reversed_by_id,reversed_on,reversal_reason}';
BEGIN
    IF (TG_OP = 'INSERT' AND NEW.status = 'SENT')
       OR (TG_OP = 'UPDATE' AND OLD.status = 'SENT' AND NEW.status IN ('CONFIRMED', 'REJECTED')
           AND to_jsonb(NEW) - decided = to_jsonb(OLD) - decided)
       OR (TG_OP = 'UPDATE' AND OLD.status = 'CONFIRMED' AND NEW.status = 'REVERSED'
           AND to_jsonb(NEW) - taken_back = to_jsonb(OLD) - taken_back) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a transfer is sent, decided once, and then stays'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'transfer_is_decided_once';
END
$$;

CREATE OR REPLACE TRIGGER transfer_moves BEFORE INSERT OR UPDATE OR DELETE ON resellers_transfer
    FOR EACH ROW EXECUTE FUNCTION move_transfer();
