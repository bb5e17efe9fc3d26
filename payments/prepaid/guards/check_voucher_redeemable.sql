-- Refuses to redeem a voucher whose batch is not active.
-- Rule: payments.prepaid.services.vouchers
--
-- A card is redeemed only while its batch is active, whoever writes it.
CREATE OR REPLACE FUNCTION check_voucher_redeemable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM payments_voucherbatch b WHERE b.id = NEW.batch_id
                   AND b.status = 'ACTIVE') THEN
        RAISE EXCEPTION 'voucher % is not of an active batch', NEW.serial
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'voucher_of_active_batch';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER voucher_redeemable BEFORE UPDATE OF status ON payments_voucher FOR EACH ROW
    WHEN (NEW.status = 'REDEEMED' AND OLD.status <> 'REDEEMED')
    EXECUTE FUNCTION check_voucher_redeemable();
