-- Refuses, at the commit, a payment or a refund from a wallet that is below its limit then.
-- Rule: resellers.services.wallets
--
-- With the owner's rights: a reseller's own request commits as the portal role, which reads no wallet.
-- What is taken back (a share, a top-up that bounced) may take it there: then nothing more is paid.
CREATE OR REPLACE FUNCTION check_wallet_limit() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM resellers_wallet w JOIN resellers_reseller r ON r.id = w.reseller_id
        WHERE w.reseller_id = NEW.reseller_id AND w.balance_amount < -r.credit_limit;
    IF FOUND THEN
        RAISE EXCEPTION 'the wallet of reseller % is short', NEW.reseller_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_within_its_limit';
    END IF;
    RETURN NULL;
END
$$;

DROP TRIGGER IF EXISTS wallet_limit_checked ON resellers_walletmove;
CREATE CONSTRAINT TRIGGER wallet_limit_checked AFTER INSERT ON resellers_walletmove
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.amount < 0 AND NEW.kind::text = ANY (ARRAY['PAYMENT', 'REFUND']))
    EXECUTE FUNCTION check_wallet_limit();
