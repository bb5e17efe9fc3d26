-- Refuses to change or remove a price step: it is taken over once.
-- Rule: billing.pricing.services.price_changes
CREATE OR REPLACE FUNCTION freeze_price_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND is_carried_over(to_jsonb(OLD), to_jsonb(NEW)) THEN
        RETURN NEW;
    END IF;
    IF OLD.applied_on IS NULL AND (TG_OP = 'DELETE'
       OR to_jsonb(NEW) - 'applied_on' = to_jsonb(OLD) - 'applied_on') THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION 'a price step is taken over once and stays'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'price_step_is_frozen';
END
$$;

CREATE OR REPLACE TRIGGER price_step_frozen BEFORE UPDATE OR DELETE ON billing_pricestep
    FOR EACH ROW EXECUTE FUNCTION freeze_price_step();
