-- Refuses an issued invoice that is not the sum of its lines, or names what is not there.
-- Rule: billing.invoices.services.invoicing
--
-- An issued invoice's header must be the sum of its lines at the moment it is issued. Bulk work
-- therefore writes the lines first (their foreign key is deferred), then the invoices.
CREATE OR REPLACE FUNCTION check_invoice_sums() RETURNS trigger
LANGUAGE plpgsql SET enable_seqscan TO 'off' AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT i.id INTO wrong
    FROM new_rows i
    CROSS JOIN LATERAL (
        SELECT sum(l.net_amount) AS net, sum(l.tax_amount) AS tax,
               bool_and(l.customer_id = i.customer_id) AS is_own
        FROM billing_invoiceline l WHERE l.invoice_id = i.id) s
    WHERE i.status = 'OPEN'
      AND (s.net IS DISTINCT FROM i.subtotal_amount OR s.tax IS DISTINCT FROM i.tax_amount
           OR NOT s.is_own)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'invoice % is not the sum of its lines', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_is_the_sum_of_its_lines';
    END IF;
    -- Customers, branches, runs and seller texts are never removed: looking once is enough.
    PERFORM 1 FROM (SELECT DISTINCT branch_id, run_id, seller_id FROM new_rows) n
    LEFT JOIN accounts_branch b ON b.id = n.branch_id
    LEFT JOIN billing_billingrun r ON r.id = n.run_id
    LEFT JOIN billing_sellertext t ON t.id = n.seller_id
    WHERE b.id IS NULL OR (n.run_id IS NOT NULL AND r.id IS NULL)
       OR (n.seller_id IS NOT NULL AND t.id IS NULL);
    IF NOT FOUND THEN
        PERFORM 1 FROM new_rows n LEFT JOIN customers_customer c ON c.id = n.customer_id
        WHERE c.id IS NULL LIMIT 1;
    END IF;
    IF FOUND THEN
        RAISE EXCEPTION 'an invoice names a customer, branch, run or seller that is not there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'invoice_names_what_exists';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER invoice_sums_insert AFTER INSERT ON billing_invoice
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_invoice_sums();
