-- Gives what is refunded of a payment from a reseller's wallet back into that wallet.
-- Rule: resellers.services.crediting
-- Test: tests/resellers/test_money_moves.py
CREATE OR REPLACE FUNCTION return_partner_money() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO resellers_walletmove
        (reseller_id, pocket, kind, amount, after_amount, payment_id, at, "on")
    SELECT m.reseller_id, m.pocket, 'BACK', NEW.refunded_amount - OLD.refunded_amount, 0, NEW.id,
           ispbill_at(), (ispbill_at() AT TIME ZONE
                          coalesce((SELECT time_zone FROM core_company), 'UTC'))::date
    FROM resellers_walletmove m
    WHERE m.payment_id = NEW.id AND m.kind = 'PAYMENT' AND m.amount < 0;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER partner_money_returns AFTER UPDATE OF refunded_amount ON billing_payment
    FOR EACH ROW WHEN (NEW.refunded_amount > OLD.refunded_amount AND NEW.method = 'RESELLER')
    EXECUTE FUNCTION return_partner_money();
