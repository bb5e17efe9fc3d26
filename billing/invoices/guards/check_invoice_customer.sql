-- Refuses to give a draft to a customer who is not there.
-- Rule: billing.receivables.services.drafts
--
-- A draft may still be given to somebody else: he has to be there, too.
CREATE OR REPLACE FUNCTION check_invoice_customer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM customers_customer c WHERE c.id = NEW.customer_id) THEN
        RAISE EXCEPTION 'invoice % names a customer that is not there', NEW.id
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'invoice_names_what_exists';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER invoice_customer_exists BEFORE UPDATE OF customer_id ON billing_invoice FOR EACH ROW
    WHEN (NEW.customer_id IS DISTINCT FROM OLD.customer_id)
    EXECUTE FUNCTION check_invoice_customer();
