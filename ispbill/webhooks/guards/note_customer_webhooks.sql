-- Notes for programs what has happened to a customer.
-- Rule: ispbill.webhooks.rules.events
-- Test: tests/webhooks/test_noting.py
--
-- With the owner's rights: a portal's transaction may change the row, and sees nothing of this room.
CREATE OR REPLACE FUNCTION note_customer_webhooks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM note_webhook('customer.created', NEW.id);
    ELSIF NEW.merged_into_id IS NOT NULL AND OLD.merged_into_id IS NULL THEN
        PERFORM note_webhook('customer.merged', NEW.id);
    ELSIF (NEW.kind, NEW.name, NEW.phone, NEW.email, NEW.address, NEW.area_id, NEW.archived_at)
        IS DISTINCT FROM
        (OLD.kind, OLD.name, OLD.phone, OLD.email, OLD.address, OLD.area_id, OLD.archived_at) THEN
        PERFORM note_webhook('customer.updated', NEW.id);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER note_customer_webhooks AFTER INSERT OR UPDATE OF kind, name, phone, email, address, area_id, archived_at, merged_into_id ON customers_customer
    FOR EACH ROW EXECUTE FUNCTION note_customer_webhooks();
