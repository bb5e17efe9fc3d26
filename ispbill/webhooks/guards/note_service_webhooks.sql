-- Notes for programs what has happened to a service.
-- Rule: ispbill.webhooks.rules.events
-- Test: tests/webhooks/test_noting.py
--
-- With the owner's rights: a portal's transaction may change the row, and sees nothing of this room.
CREATE OR REPLACE FUNCTION note_service_webhooks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM webhooks_endpoint WHERE off_at IS NULL) THEN
        RETURN NULL;  -- nobody is told: a billing run writes a million of these
    END IF;
    IF TG_OP = 'INSERT' THEN
        PERFORM note_webhook('service.created', NEW.id);
        RETURN NULL;
    END IF;
    IF NEW.package_id <> OLD.package_id THEN
        PERFORM note_webhook('service.package_changed', NEW.id);
    END IF;
    IF NEW.status <> OLD.status AND NEW.status <> 'PENDING' THEN
        PERFORM note_webhook(
            CASE NEW.status
                WHEN 'SUSPENDED' THEN 'service.suspended'
                WHEN 'CANCELLED' THEN 'service.cancelled'
                ELSE CASE OLD.status WHEN 'SUSPENDED' THEN 'service.reactivated' ELSE 'service.activated' END
            END, NEW.id);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER note_service_webhooks AFTER INSERT OR UPDATE OF status, package_id ON customers_subscription
    FOR EACH ROW EXECUTE FUNCTION note_service_webhooks();
