"""What the database refuses about discounts, price steps and price changes."""

from django.db import migrations

SQL = """
CREATE TRIGGER own_service AFTER INSERT ON billing_discount
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION check_service_is_the_customers();
CREATE TRIGGER own_service AFTER INSERT ON billing_pricestep
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION check_service_is_the_customers();

-- A promotion is granted as often as it says, however many ask at once: the row is the queue.
CREATE FUNCTION limit_promotion() RETURNS trigger LANGUAGE plpgsql AS $$
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
END $$;
CREATE TRIGGER promotion_limit BEFORE INSERT ON billing_discount
    FOR EACH ROW WHEN (NEW.promotion_id IS NOT NULL) EXECUTE FUNCTION limit_promotion();

-- What was granted stays what it was: its days may only become fewer. While the service waits to
-- be activated they are counted anew from its first day; one that no bill has seen may be removed.
CREATE FUNCTION freeze_discount() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
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
END $$;
CREATE TRIGGER discount_frozen BEFORE UPDATE OR DELETE ON billing_discount
    FOR EACH ROW EXECUTE FUNCTION freeze_discount();

-- A step of a price is taken over once, or withdrawn before that.
ALTER TABLE billing_pricestep ADD CONSTRAINT price_step_is_not_negative
    CHECK (price_amount >= 0 AND (gross_amount IS NULL OR gross_amount >= price_amount));
CREATE FUNCTION freeze_price_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.applied_on IS NULL AND (TG_OP = 'DELETE'
       OR to_jsonb(NEW) - 'applied_on' = to_jsonb(OLD) - 'applied_on') THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION 'a price step is taken over once and stays'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'price_step_is_frozen';
END $$;
CREATE TRIGGER price_step_frozen BEFORE UPDATE OR DELETE ON billing_pricestep
    FOR EACH ROW EXECUTE FUNCTION freeze_price_step();

ALTER TABLE billing_pricechange
    ADD CONSTRAINT price_change_amounts_are_prices
        CHECK (net_amount >= 0 AND gross_amount >= net_amount),
    ADD CONSTRAINT price_change_is_of_one_list CHECK (branch_id IS NULL OR reseller_id IS NULL),
    ADD CONSTRAINT price_change_is_confirmed_at_a_moment
        CHECK (status <> 'CONFIRMED' OR confirmed_at IS NOT NULL);
CREATE UNIQUE INDEX price_change_confirmed_once ON billing_pricechange
    (package_id, cycle, branch_id, reseller_id, effective_from) NULLS NOT DISTINCT
    WHERE status = 'CONFIRMED';
CREATE FUNCTION freeze_price_change() RETURNS trigger LANGUAGE plpgsql AS $$
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
END $$;
CREATE TRIGGER price_change_frozen BEFORE UPDATE OR DELETE ON billing_pricechange
    FOR EACH ROW EXECUTE FUNCTION freeze_price_change();
"""

DROP = """
DROP FUNCTION freeze_price_change, freeze_price_step, freeze_discount, limit_promotion CASCADE;
DROP INDEX price_change_confirmed_once;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0011_package_changes"), ("customers", "0009_catalogue_history")]
    operations = [migrations.RunSQL(SQL, DROP)]
