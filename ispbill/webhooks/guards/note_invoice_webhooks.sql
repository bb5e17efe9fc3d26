-- Notes for programs what has happened to an invoice.
-- Rule: ispbill.webhooks.rules.events
-- Test: tests/webhooks/test_noting.py
--
-- With the owner's rights: a portal's transaction may change the row, and sees nothing of this room.
CREATE OR REPLACE FUNCTION note_invoice_webhooks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM webhooks_endpoint WHERE off_at IS NULL) THEN
        RETURN NULL;  -- nobody is told: a billing run writes a million of these
    END IF;
    IF NEW.status = 'OPEN' AND (TG_OP = 'INSERT' OR OLD.status = 'DRAFT') THEN
        PERFORM note_webhook('invoice.created', NEW.id);
    END IF;
    IF TG_OP = 'INSERT' THEN
        RETURN NULL;
    END IF;
    IF NEW.status = 'VOID' AND OLD.status <> 'VOID' THEN
        PERFORM note_webhook('invoice.voided', NEW.id);
    ELSIF NEW.status = 'OPEN' AND NEW.amount_due = 0 AND OLD.amount_due > 0 AND NEW.paid_amount > 0 THEN
        PERFORM note_webhook('invoice.paid', NEW.id);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER note_invoice_webhooks AFTER INSERT OR UPDATE OF status, paid_amount, credited_amount ON billing_invoice
    FOR EACH ROW EXECUTE FUNCTION note_invoice_webhooks();
