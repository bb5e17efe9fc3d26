-- Refuses to grant a promotion more often than it says, however many ask at once.
-- Rule: billing.pricing.services.promotions
--
-- A promotion is granted as often as it says, however many ask at once: the row is the queue.
CREATE OR REPLACE FUNCTION limit_promotion() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    most integer;
BEGIN
    SELECT max_grants INTO most FROM billing_promotion WHERE id = NEW.promotion_id FOR UPDATE;
    IF most IS NOT NULL
       AND (SELECT count(*) FROM billing_discount WHERE promotion_id = NEW.promotion_id) >= most THEN
        RAISE EXCEPTION 'promotion % is granted as often as it may be', NEW.promotion_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'promotion_is_granted_no_more';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER promotion_limit BEFORE INSERT ON billing_discount
    FOR EACH ROW WHEN (NEW.promotion_id IS NOT NULL) EXECUTE FUNCTION limit_promotion();
