-- Refuses to issue a draft that is not the sum of its lines.
-- Rule: billing.invoices.services.invoicing
CREATE OR REPLACE FUNCTION check_invoice_issue() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sums record;
BEGIN
    SELECT sum(net_amount) AS net, sum(tax_amount) AS tax,
           bool_and(customer_id = NEW.customer_id) AS own INTO sums
    FROM billing_invoiceline WHERE invoice_id = NEW.id;
    IF sums.net IS DISTINCT FROM NEW.subtotal_amount OR sums.tax IS DISTINCT FROM NEW.tax_amount
       OR NOT sums.own THEN
        RAISE EXCEPTION 'invoice % is not the sum of its lines', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_is_the_sum_of_its_lines';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER invoice_sums_issue AFTER UPDATE OF status ON billing_invoice FOR EACH ROW
    WHEN (OLD.status = 'DRAFT' AND NEW.status = 'OPEN') EXECUTE FUNCTION check_invoice_issue();
