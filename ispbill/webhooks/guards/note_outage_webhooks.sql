-- Notes for programs what has happened to an outage.
-- Rule: ispbill.webhooks.rules.events
-- Test: tests/webhooks/test_noting.py
--
-- With the owner's rights: a portal's transaction may change the row, and sees nothing of this room.
CREATE OR REPLACE FUNCTION note_outage_webhooks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.state IN ('PROPOSED', 'SCHEDULED', 'CANCELLED', 'MERGED') AND TG_OP = 'INSERT' THEN
        RETURN NULL;  -- nothing is disturbed yet
    END IF;
    IF NEW.state NOT IN ('PROPOSED', 'SCHEDULED') AND (TG_OP = 'INSERT' OR OLD.state IN ('PROPOSED', 'SCHEDULED')) THEN
        IF NEW.state NOT IN ('CANCELLED', 'MERGED') THEN
            PERFORM note_webhook('outage.started', NEW.id);
        END IF;
    ELSIF NEW.state IN ('RESOLVED', 'COMPLETED') AND OLD.state NOT IN ('RESOLVED', 'COMPLETED') THEN
        PERFORM note_webhook('outage.resolved', NEW.id);
    ELSIF NEW.state NOT IN ('PROPOSED', 'SCHEDULED')
        AND (NEW.state, NEW.severity, NEW.title, NEW.cause, NEW.expected_at)
        IS DISTINCT FROM (OLD.state, OLD.severity, OLD.title, OLD.cause, OLD.expected_at) THEN
        PERFORM note_webhook('outage.updated', NEW.id);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER note_outage_webhooks AFTER INSERT OR UPDATE OF state, severity, title, cause, expected_at ON network_outage
    FOR EACH ROW EXECUTE FUNCTION note_outage_webhooks();
