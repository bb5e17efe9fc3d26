-- Refuses a credit note that is not the sum of its lines, is of no issued invoice, or credits more
-- than was charged.
-- Rule: billing.receivables.services.crediting
CREATE OR REPLACE FUNCTION check_credit_note() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    own record;
    wrong text;
BEGIN
    -- Two notes for one invoice wait for each other here; each sees what the other one took.
    UPDATE billing_invoice SET credited_amount = credited_amount + NEW.total_amount
        WHERE id = NEW.invoice_id AND status = 'OPEN' AND customer_id = NEW.customer_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'only an issued invoice of this customer can be credited'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_note_credits_issued_invoice';
    END IF;
    SELECT sum(c.net_amount) AS net, sum(c.tax_amount) AS tax,
           bool_and(c.customer_id = NEW.customer_id AND l.invoice_id = NEW.invoice_id
                    AND c.tax_rate = l.tax_rate) AS fits INTO own
    FROM billing_creditnoteline c JOIN billing_invoiceline l ON l.id = c.line_id
    WHERE c.note_id = NEW.id;
    IF own.net IS DISTINCT FROM NEW.net_amount OR own.tax IS DISTINCT FROM NEW.tax_amount
       OR own.fits IS DISTINCT FROM true THEN
        RAISE EXCEPTION 'credit note % is not the sum of its lines', NEW.number
            USING ERRCODE = 'check_violation',
                  CONSTRAINT = 'credit_note_is_the_sum_of_its_lines';
    END IF;
    -- Net and tax of a line each, over all notes there are. A deduction (a line below zero) is
    -- given back from below.
    SELECT l.description INTO wrong
    FROM billing_invoiceline l
    JOIN billing_creditnoteline c ON c.line_id = l.id
    WHERE l.invoice_id = NEW.invoice_id
    GROUP BY l.id
    HAVING sum(c.net_amount) NOT BETWEEN least(l.net_amount, 0) AND greatest(l.net_amount, 0)
        OR sum(c.tax_amount) NOT BETWEEN least(l.tax_amount, 0) AND greatest(l.tax_amount, 0)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'more would be credited on "%" than it charged', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_within_what_was_charged';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER credit_note_holds AFTER INSERT ON billing_creditnote
    FOR EACH ROW EXECUTE FUNCTION check_credit_note();
