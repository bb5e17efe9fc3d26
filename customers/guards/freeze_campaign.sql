-- Refuses to change a campaign's text once it is confirmed.
-- Rule: customers.services.campaigns
-- Test: tests/customers/services/test_campaigns.py
CREATE OR REPLACE FUNCTION freeze_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'DRAFT' AND (
        NEW.channel, NEW.subject, NEW.text, NEW.subject_bn, NEW.text_bn, NEW.is_offer, NEW.filters,
        NEW.members_count)
        IS DISTINCT FROM (
        OLD.channel, OLD.subject, OLD.text, OLD.subject_bn, OLD.text_bn, OLD.is_offer, OLD.filters,
        OLD.members_count)
    THEN
        RAISE EXCEPTION 'campaign % is confirmed', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'campaign_confirmed_is_frozen';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER keep_campaign BEFORE UPDATE ON customers_campaign
    FOR EACH ROW EXECUTE FUNCTION freeze_campaign();
