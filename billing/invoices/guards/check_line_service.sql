-- Refuses to give a draft's line to a service that is not there.
-- Rule: billing.receivables.services.drafts
CREATE OR REPLACE FUNCTION check_line_service() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM customers_subscription s WHERE s.id = NEW.subscription_id) THEN
        RAISE EXCEPTION 'line % names a service that does not exist', NEW.id
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'invoice_line_service_exists';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER line_service_exists BEFORE UPDATE OF subscription_id ON billing_invoiceline
    FOR EACH ROW WHEN (NEW.subscription_id IS NOT NULL
                       AND NEW.subscription_id IS DISTINCT FROM OLD.subscription_id)
    EXECUTE FUNCTION check_line_service();
