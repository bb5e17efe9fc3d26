-- Frees the invoices of a debit order that has ended.
-- Rule: payments.debits.rules.debits
CREATE OR REPLACE FUNCTION free_debit_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE payments_debitpart SET is_live = false WHERE order_id = NEW.id AND is_live;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER debit_order_frees_its_invoices AFTER UPDATE OF state ON payments_debitorder
    FOR EACH ROW WHEN (NEW.state::text = ANY (ARRAY['UNPAID', 'DISPUTED', 'REJECTED', 'DROPPED'])
                       AND NEW.state <> OLD.state)
    EXECUTE FUNCTION free_debit_parts();
