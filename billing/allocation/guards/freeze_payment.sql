-- Refuses to change a payment's amount, customer and receipt, or to remove it; it is only
-- reversed.
-- Rule: billing.receivables.services.reversal
--
-- States only move forward; amount, customer and receipt never change.
CREATE OR REPLACE FUNCTION freeze_payment() RETURNS trigger LANGUAGE plpgsql AS $$
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
END
$$;

CREATE OR REPLACE TRIGGER payment_frozen BEFORE UPDATE OF status, customer_id, amount, currency, method,
    received_at, posted_on, idempotency_key, received_by_id, receipt_number ON billing_payment
    FOR EACH ROW EXECUTE FUNCTION freeze_payment();

CREATE OR REPLACE TRIGGER payment_kept BEFORE DELETE ON billing_payment
    FOR EACH ROW EXECUTE FUNCTION freeze_payment();
