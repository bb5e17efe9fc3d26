-- Refuses to credit an invoice by hand: credit comes from credit notes alone.
-- Rule: billing.receivables.services.crediting
--
-- Credit comes from notes alone: the update of their trigger is one level down, all others are not.
CREATE OR REPLACE FUNCTION refuse_credit_without_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'invoice % is credited by credit notes only', OLD.number
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_credited_by_notes_only';
END
$$;

CREATE OR REPLACE TRIGGER invoice_credited_by_notes BEFORE UPDATE OF credited_amount ON billing_invoice
    FOR EACH ROW WHEN (NEW.credited_amount <> OLD.credited_amount AND pg_trigger_depth() = 0)
    EXECUTE FUNCTION refuse_credit_without_note();
