-- Refuses to decide a payout twice, or to change it.
-- Rule: resellers.services.payouts
CREATE OR REPLACE FUNCTION move_payout() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (TG_OP = 'INSERT' AND NEW.status = 'WAITING')
       OR (TG_OP = 'UPDATE' AND OLD.status = 'WAITING' AND NEW.status <> 'WAITING'
           AND to_jsonb(NEW) - '{status,decided_by_id,decided_at,paid_on}'::text[]
             = to_jsonb(OLD) - '{status,decided_by_id,decided_at,paid_on}'::text[]) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a payout waits, is decided once, and then stays'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payout_is_decided_once';
END
$$;

CREATE OR REPLACE TRIGGER payout_moves BEFORE INSERT OR UPDATE OR DELETE ON resellers_payout
    FOR EACH ROW EXECUTE FUNCTION move_payout();
