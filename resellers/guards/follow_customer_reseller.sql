-- Keeps whose customer somebody is on which days, after the customer's own row.
-- Rule: resellers.services.moving
--
-- A customer who begins with a reseller was always theirs; one who changes is so from today on. A
-- move that was planned and comes into force finds its days written already.
CREATE OR REPLACE FUNCTION follow_customer_reseller() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    today date;
    present record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO resellers_resellerassignment (customer_id, reseller_id, during)
            VALUES (NEW.id, NEW.reseller_id, daterange(NULL, NULL));
        RETURN NULL;
    END IF;
    today := (ispbill_at() AT TIME ZONE
              coalesce((SELECT time_zone FROM core_company), 'UTC'))::date;
    SELECT * INTO present FROM resellers_resellerassignment
        WHERE customer_id = NEW.id AND during @> today;
    IF FOUND AND present.reseller_id IS NOT DISTINCT FROM NEW.reseller_id THEN
        RETURN NULL;
    END IF;
    DELETE FROM resellers_resellerassignment
        WHERE customer_id = NEW.id AND lower(during) >= today;
    UPDATE resellers_resellerassignment SET during = daterange(lower(during), today)
        WHERE customer_id = NEW.id AND during @> today;
    INSERT INTO resellers_resellerassignment (customer_id, reseller_id, during)
        VALUES (NEW.id, NEW.reseller_id, daterange(today, NULL));
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER reseller_begins AFTER INSERT ON customers_customer
    FOR EACH ROW WHEN (NEW.reseller_id IS NOT NULL) EXECUTE FUNCTION follow_customer_reseller();
CREATE OR REPLACE TRIGGER reseller_follows AFTER UPDATE OF reseller_id ON customers_customer
    FOR EACH ROW WHEN (NEW.reseller_id IS DISTINCT FROM OLD.reseller_id)
    EXECUTE FUNCTION follow_customer_reseller();
