-- Refuses to change a voucher's serial and batch, to remove it, or to move it back, but for a
-- payment reversed.
-- Rule: payments.prepaid.services.vouchers
-- Test: tests/laws/test_guards.py
--
-- Cards only move forward: new, blocked and back, redeemed, lapsed. A redeemed one becomes new again
-- only when the payment it became was reversed. Its serial and batch never change; code and seal
-- change together when keys are rotated.
CREATE OR REPLACE FUNCTION freeze_voucher() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a voucher is never removed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'voucher_is_kept';
    END IF;
    IF (NEW.serial, NEW.batch_id) IS DISTINCT FROM (OLD.serial, OLD.batch_id)
       OR NEW.redemptions < OLD.redemptions
       OR (NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
            ('NEW', 'REDEEMED'), ('NEW', 'BLOCKED'), ('BLOCKED', 'NEW'), ('NEW', 'LAPSED'),
            ('BLOCKED', 'LAPSED'), ('REDEEMED', 'NEW')))
       OR (OLD.status = 'REDEEMED' AND NEW.status = 'REDEEMED'
           AND (NEW.payment_id, NEW.customer_id) IS DISTINCT FROM (OLD.payment_id, OLD.customer_id))
       OR (NEW.status = 'REDEEMED' AND OLD.status = 'NEW' AND NEW.redemptions <> OLD.redemptions + 1)
       OR (OLD.status = 'REDEEMED' AND NEW.status = 'NEW' AND NOT EXISTS (
            SELECT FROM billing_payment p WHERE p.id = OLD.payment_id AND p.status = 'REVERSED')) THEN
        RAISE EXCEPTION 'voucher % cannot change like this', OLD.serial
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'voucher_is_redeemed_once';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER voucher_frozen BEFORE UPDATE OR DELETE ON payments_voucher
    FOR EACH ROW EXECUTE FUNCTION freeze_voucher();
