-- Refuses to change a price change once drafted: it is confirmed or cancelled as it stands.
-- Rule: billing.pricing.services.price_changes
CREATE OR REPLACE FUNCTION freeze_price_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
       AND to_jsonb(NEW) - '{status,confirmed_at,service_count}'::text[]
         = to_jsonb(OLD) - '{status,confirmed_at,service_count}'::text[]
       AND (OLD.status = NEW.status OR (OLD.status, NEW.status) IN (
            ('DRAFT', 'CONFIRMED'), ('DRAFT', 'CANCELLED'), ('CONFIRMED', 'CANCELLED'))) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a price change is confirmed or cancelled as it was drafted'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'price_change_is_frozen';
END
$$;

CREATE OR REPLACE TRIGGER price_change_frozen BEFORE UPDATE OR DELETE ON billing_pricechange
    FOR EACH ROW EXECUTE FUNCTION freeze_price_change();
