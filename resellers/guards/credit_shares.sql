-- Moves the wallet of a prepaid reseller with each share, and back with what is taken of it.
-- Rule: resellers.services.accrual
CREATE OR REPLACE FUNCTION credit_shares() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    today date := (ispbill_at() AT TIME ZONE
                   coalesce((SELECT time_zone FROM core_company), 'UTC'))::date;
BEGIN
    IF TG_TABLE_NAME = 'resellers_commission' THEN
        INSERT INTO resellers_walletmove
            (reseller_id, pocket, kind, amount, after_amount, commission_id, payment_id, at, "on")
        SELECT NEW.reseller_id, 'WALLET', 'SHARE', NEW.amount, 0, NEW.id, NEW.payment_id,
               ispbill_at(), today
        WHERE NEW.status = 'CREDITED';
    ELSE
        INSERT INTO resellers_walletmove
            (reseller_id, pocket, kind, amount, after_amount, commission_back_id, payment_id, at,
             "on")
        SELECT NEW.reseller_id, 'WALLET', 'SHARE', -NEW.amount, 0, NEW.id, m.payment_id,
               ispbill_at(), today
        FROM resellers_walletmove m WHERE m.commission_id = NEW.commission_id;
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER share_credited AFTER INSERT ON resellers_commission
    FOR EACH ROW EXECUTE FUNCTION credit_shares();
CREATE OR REPLACE TRIGGER share_taken_back AFTER INSERT ON resellers_commissionback
    FOR EACH ROW EXECUTE FUNCTION credit_shares();
