-- Refuses to change or remove an issued invoice: only payments, credits and voiding an untouched
-- one move it.
-- Rule: billing.invoices.rules.invoice_states
--
-- Issued means frozen. Only payments, credits and voiding an untouched invoice move it.
CREATE OR REPLACE FUNCTION freeze_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'invoice % is issued and cannot be removed', OLD.number
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_issued_is_frozen';
    END IF;
    IF (NEW.number, NEW.customer_id, NEW.branch_id, NEW.run_id, NEW.kind, NEW.issued_on,
        NEW.due_date, NEW.issued_at, NEW.currency, NEW.language, NEW.subtotal_amount,
        NEW.tax_amount, NEW.total_amount, NEW.seller_id, NEW.buyer)
       IS DISTINCT FROM
       (OLD.number, OLD.customer_id, OLD.branch_id, OLD.run_id, OLD.kind, OLD.issued_on,
        OLD.due_date, OLD.issued_at, OLD.currency, OLD.language, OLD.subtotal_amount,
        OLD.tax_amount, OLD.total_amount, OLD.seller_id, OLD.buyer)
       OR (NEW.status <> OLD.status AND NOT (OLD.status = 'OPEN' AND NEW.status = 'VOID'
            AND OLD.paid_amount = 0 AND OLD.credited_amount = 0)) THEN
        RAISE EXCEPTION 'invoice % is issued and cannot be changed', OLD.number
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_issued_is_frozen';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER invoice_frozen BEFORE UPDATE OF status, number, customer_id, branch_id, run_id, kind,
    issued_on, due_date, issued_at, currency, language, subtotal_amount, tax_amount, total_amount,
    seller_id, buyer ON billing_invoice FOR EACH ROW WHEN (OLD.status <> 'DRAFT')
    EXECUTE FUNCTION freeze_invoice();

CREATE OR REPLACE TRIGGER invoice_kept BEFORE DELETE ON billing_invoice FOR EACH ROW
    WHEN (OLD.status <> 'DRAFT') EXECUTE FUNCTION freeze_invoice();
