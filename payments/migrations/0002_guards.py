"""Payments: what is allocated can exceed neither the payment nor the invoice, and nothing is
edited in place."""

from django.db import migrations

GUARDS = """
-- Both sums move with the allocation, in one fixed order (payment, then invoice); their check
-- constraints refuse too much, and the row locks make that hold for concurrent payments too.
CREATE FUNCTION move_allocated_amounts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change numeric := CASE
        WHEN TG_OP = 'INSERT' THEN CASE WHEN NEW.released_at IS NULL THEN NEW.amount ELSE 0 END
        ELSE -NEW.amount END;
BEGIN
    UPDATE payments_payment SET allocated_amount = allocated_amount + change WHERE id = NEW.payment_id;
    UPDATE billing_invoice SET paid_amount = paid_amount + change
        WHERE id = NEW.invoice_id AND status = 'OPEN';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only an issued invoice can be paid'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'allocation_pays_issued_invoice';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER allocation_moves_amounts AFTER INSERT ON payments_allocation
    FOR EACH ROW EXECUTE FUNCTION move_allocated_amounts();
CREATE TRIGGER allocation_release_moves_amounts AFTER UPDATE OF released_at ON payments_allocation
    FOR EACH ROW WHEN (OLD.released_at IS NULL AND NEW.released_at IS NOT NULL)
    EXECUTE FUNCTION move_allocated_amounts();

CREATE FUNCTION freeze_allocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.released_at IS NULL AND NEW.released_at IS NOT NULL
       AND to_jsonb(NEW) - 'released_at' = to_jsonb(OLD) - 'released_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an allocation can only be released'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'allocation_is_frozen';
END $$;
CREATE TRIGGER allocation_frozen BEFORE UPDATE OR DELETE ON payments_allocation
    FOR EACH ROW EXECUTE FUNCTION freeze_allocation();

-- States only move forward; amount, customer and receipt never change.
CREATE FUNCTION freeze_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a payment is never removed, only reversed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payment_is_frozen';
    END IF;
    IF (NEW.customer_id, NEW.amount, NEW.currency, NEW.method, NEW.received_at, NEW.posted_on,
        NEW.idempotency_key, NEW.received_by_id)
       IS DISTINCT FROM
       (OLD.customer_id, OLD.amount, OLD.currency, OLD.method, OLD.received_at, OLD.posted_on,
        OLD.idempotency_key, OLD.received_by_id)
       OR (OLD.receipt_number IS NOT NULL AND NEW.receipt_number IS DISTINCT FROM OLD.receipt_number)
       OR (NEW.status <> OLD.status AND (OLD.status, NEW.status) NOT IN (
            ('PENDING', 'COMPLETED'), ('PENDING', 'FAILED'),
            ('COMPLETED', 'REVERSED'), ('COMPLETED', 'REFUNDED'))) THEN
        RAISE EXCEPTION 'a recorded payment cannot be changed'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payment_is_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_frozen BEFORE UPDATE OF status, customer_id, amount, currency, method,
    received_at, posted_on, idempotency_key, received_by_id, receipt_number ON payments_payment
    FOR EACH ROW EXECUTE FUNCTION freeze_payment();
CREATE TRIGGER payment_kept BEFORE DELETE ON payments_payment
    FOR EACH ROW EXECUTE FUNCTION freeze_payment();
CREATE TRIGGER payment_kept_truncate BEFORE TRUNCATE ON payments_payment
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

ALTER TABLE payments_payment SET (fillfactor = 85);

SELECT ispbill_protect('payments_payment', 'customer_id');
SELECT ispbill_protect('payments_allocation', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'payments_payment');
SELECT ispbill_portal_may('SELECT', 'payments_allocation');
"""

DROP = """
DROP FUNCTION freeze_payment, freeze_allocation, move_allocated_amounts CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial"), ("billing", "0002_guards")]
    operations = [migrations.RunSQL(GUARDS, DROP)]
