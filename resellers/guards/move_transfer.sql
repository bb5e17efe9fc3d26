-- Refuses to decide a transfer twice, or to change it.
-- Rule: resellers.services.transfers
CREATE OR REPLACE FUNCTION move_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (TG_OP = 'INSERT' AND NEW.status = 'SENT')
       OR (TG_OP = 'UPDATE' AND OLD.status = 'SENT' AND NEW.status <> 'SENT'
           AND to_jsonb(NEW)
               - '{status,decided_by_id,decided_at,decided_on,rejection_reason}'::text[]
             = to_jsonb(OLD)
               - '{status,decided_by_id,decided_at,decided_on,rejection_reason}'::text[]) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a transfer is sent, decided once, and then stays'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'transfer_is_decided_once';
END
$$;

CREATE OR REPLACE TRIGGER transfer_moves BEFORE INSERT OR UPDATE OR DELETE ON resellers_transfer
    FOR EACH ROW EXECUTE FUNCTION move_transfer();
