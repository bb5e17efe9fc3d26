-- Refuses lines for an invoice that is issued, and lines that name no account or service.
-- Rule: billing.invoices.services.invoicing
--
-- Lines belong to a draft, or come before their invoice; later only voiding touches them.
CREATE OR REPLACE FUNCTION freeze_new_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT i.id INTO wrong FROM new_rows n JOIN billing_invoice i ON i.id = n.invoice_id
    WHERE i.status <> 'DRAFT' LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'invoice % is issued and takes no more lines', wrong
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_issued_is_frozen';
    END IF;
    SELECT n.invoice_id INTO wrong
    FROM (SELECT account_id, min(invoice_id) AS invoice_id FROM new_rows GROUP BY account_id) n
    LEFT JOIN billing_account a ON a.code = n.account_id WHERE a.code IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a line of invoice % names an account that does not exist', wrong
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'invoice_line_account_exists';
    END IF;
    SELECT n.invoice_id INTO wrong
    FROM new_rows n LEFT JOIN customers_subscription s ON s.id = n.subscription_id
    WHERE n.subscription_id IS NOT NULL AND s.id IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a line of invoice % names a service that does not exist', wrong
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'invoice_line_service_exists';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER lines_frozen_insert AFTER INSERT ON billing_invoiceline
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION freeze_new_lines();
