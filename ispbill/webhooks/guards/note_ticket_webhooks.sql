-- Notes for programs what has happened to a ticket.
-- Rule: ispbill.webhooks.rules.events
-- Test: tests/webhooks/test_noting.py
--
-- With the owner's rights: a portal's transaction may change the row, and sees nothing of this room.
CREATE OR REPLACE FUNCTION note_ticket_webhooks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM note_webhook('ticket.created', NEW.id);
    ELSIF NEW.state = 'RESOLVED' AND OLD.state <> 'RESOLVED' THEN
        PERFORM note_webhook('ticket.resolved', NEW.id);
    ELSIF (NEW.state, NEW.priority, NEW.category_id, NEW.subject, NEW.subscription_id)
        IS DISTINCT FROM
        (OLD.state, OLD.priority, OLD.category_id, OLD.subject, OLD.subscription_id) THEN
        PERFORM note_webhook('ticket.updated', NEW.id);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER note_ticket_webhooks AFTER INSERT OR UPDATE OF state, priority, category_id, subject, subscription_id ON tickets_ticket
    FOR EACH ROW EXECUTE FUNCTION note_ticket_webhooks();
