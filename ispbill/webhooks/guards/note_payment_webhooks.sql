-- Notes for programs what has happened to a payment.
-- Rule: ispbill.webhooks.rules.events
-- Test: tests/webhooks/test_noting.py
--
-- With the owner's rights: a portal's transaction may change the row, and sees nothing of this room.
CREATE OR REPLACE FUNCTION note_payment_webhooks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM webhooks_endpoint WHERE off_at IS NULL) THEN
        RETURN NULL;  -- nobody is told: a billing run writes a million of these
    END IF;
    IF NEW.status IN ('COMPLETED', 'FAILED', 'REVERSED') AND (TG_OP = 'INSERT' OR NEW.status <> OLD.status) THEN
        PERFORM note_webhook('payment.' || lower(NEW.status), NEW.id);
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.refunded_amount > OLD.refunded_amount THEN
        PERFORM note_webhook('payment.refunded', NEW.id);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER note_payment_webhooks AFTER INSERT OR UPDATE OF status, refunded_amount ON billing_payment
    FOR EACH ROW EXECUTE FUNCTION note_payment_webhooks();
