"""A card stays the card it is and is redeemed once; a sold batch stays as it was sold."""

from django.db import migrations

SQL = """
-- Cards only move forward: new, blocked and back, redeemed, lapsed. A redeemed one becomes new again
-- only when the payment it became was reversed. Its serial and batch never change; code and seal
-- change together when keys are rotated.
CREATE FUNCTION freeze_voucher() RETURNS trigger LANGUAGE plpgsql AS $$
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
            SELECT FROM payments_payment p WHERE p.id = OLD.payment_id AND p.status = 'REVERSED')) THEN
        RAISE EXCEPTION 'voucher % cannot change like this', OLD.serial
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'voucher_is_redeemed_once';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER voucher_frozen BEFORE UPDATE OR DELETE ON payments_voucher
    FOR EACH ROW EXECUTE FUNCTION freeze_voucher();
CREATE TRIGGER voucher_kept_truncate BEFORE TRUNCATE ON payments_voucher
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A card is redeemed only while its batch is active, whoever writes it.
CREATE FUNCTION check_voucher_redeemable() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM payments_voucherbatch b WHERE b.id = NEW.batch_id
                   AND b.status = 'ACTIVE') THEN
        RAISE EXCEPTION 'voucher % is not of an active batch', NEW.serial
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'voucher_of_active_batch';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER voucher_redeemable BEFORE UPDATE OF status ON payments_voucher FOR EACH ROW
    WHEN (NEW.status = 'REDEEMED' AND OLD.status <> 'REDEEMED')
    EXECUTE FUNCTION check_voucher_redeemable();

CREATE FUNCTION freeze_voucher_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.number <> NEW.number OR (OLD.sold_at IS NOT NULL
       AND to_jsonb(NEW) - ARRAY['status', 'collected_amount']
           <> to_jsonb(OLD) - ARRAY['status', 'collected_amount'])
       OR NEW.collected_amount < OLD.collected_amount
       OR (OLD.status <> 'DRAFT' AND NEW.status = 'DRAFT') THEN
        RAISE EXCEPTION 'voucher batch % is frozen', OLD.number
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'voucher_batch_is_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER voucher_batch_frozen BEFORE UPDATE OR DELETE ON payments_voucherbatch
    FOR EACH ROW EXECUTE FUNCTION freeze_voucher_batch();
CREATE TRIGGER voucher_batch_kept_truncate BEFORE TRUNCATE ON payments_voucherbatch
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

SELECT ispbill_append_only('payments_vouchermoney');
SELECT ispbill_append_only('payments_voucherlapse');
SELECT ispbill_protect('payments_voucher', 'customer_id');
"""

DROP = """
DROP FUNCTION freeze_voucher_batch, check_voucher_redeemable, freeze_voucher CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_vouchers")]
    operations = [migrations.RunSQL(SQL, DROP)]
