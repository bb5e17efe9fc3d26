-- Moves a reseller's wallet, or the money held, with the payment it made, and back with it.
-- Rule: resellers.services.collecting
--
-- Account 1160 is the house's cash in resellers' hands. The name of the trigger is after the
-- share's, so that the share is in the wallet before the payment leaves it.
CREATE OR REPLACE FUNCTION follow_partner_money() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its_pocket text := CASE WHEN NEW.method = 'RESELLER' THEN 'WALLET' ELSE 'HELD' END;
    its_kind text := CASE WHEN NEW.method = 'RESELLER' THEN 'PAYMENT' ELSE 'COLLECTED' END;
    today date := (ispbill_at() AT TIME ZONE
                   coalesce((SELECT time_zone FROM core_company), 'UTC'))::date;
BEGIN
    IF NEW.status = 'COMPLETED' THEN
        INSERT INTO resellers_walletmove
            (reseller_id, pocket, kind, amount, after_amount, payment_id, at, "on")
        SELECT c.reseller_id, its_pocket, its_kind,
               CASE its_pocket WHEN 'WALLET' THEN -NEW.amount ELSE NEW.amount END, 0, NEW.id,
               ispbill_at(), today
        FROM customers_customer c WHERE c.id = NEW.customer_id;
    ELSIF OLD.status = 'COMPLETED' THEN
        INSERT INTO resellers_walletmove
            (reseller_id, pocket, kind, amount, after_amount, payment_id, at, "on")
        SELECT m.reseller_id, m.pocket, m.kind, -m.amount, 0, NEW.id, ispbill_at(), today
        FROM resellers_walletmove m
        WHERE m.payment_id = NEW.id AND m.kind IN ('PAYMENT', 'COLLECTED');
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER partner_money_follows AFTER UPDATE OF status ON billing_payment
    FOR EACH ROW WHEN (NEW.status <> OLD.status
                       AND (NEW.method = 'RESELLER' OR NEW.account_no = 1160))
    EXECUTE FUNCTION follow_partner_money();
