-- Refuses to change or remove a discount that was granted; its days may only become fewer.
-- Rule: billing.pricing.services.discounts
--
-- What was granted stays what it was: its days may only become fewer. While the service waits to
-- be activated they are counted anew from its first day; one that no bill has seen may be removed.
CREATE OR REPLACE FUNCTION freeze_discount() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND is_carried_over(to_jsonb(OLD), to_jsonb(NEW)) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'span' = to_jsonb(OLD) - 'span'
       AND (NEW.span <@ OLD.span OR EXISTS (
            SELECT FROM customers_subscription s
            WHERE s.id = OLD.subscription_id AND s.status = 'PENDING')) THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND NOT EXISTS (
            SELECT FROM billing_schedule h
            WHERE h.subscription_id = OLD.subscription_id AND h.billed_until > lower(OLD.span)) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'a discount that was granted is ended, never changed or removed'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'discount_is_frozen';
END
$$;

CREATE OR REPLACE TRIGGER discount_frozen BEFORE UPDATE OR DELETE ON billing_discount
    FOR EACH ROW EXECUTE FUNCTION freeze_discount();
