-- Refuses to change or remove the lines of an issued invoice; days that were given back never come
-- back.
-- Rule: billing.receivables.services.crediting
-- Test: tests/laws/test_guards.py
--
-- Issued lines stay as they are but for two things: a void one is not live any more, and days that
-- a credit note gave back are let go, so that they can be billed anew. Days never come back.
CREATE OR REPLACE FUNCTION freeze_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    SELECT status INTO state FROM billing_invoice WHERE id = OLD.invoice_id;
    IF state IS NULL OR state = 'DRAFT' THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND state = 'VOID' AND OLD.is_live AND NOT NEW.is_live
       AND to_jsonb(NEW) - 'is_live' = to_jsonb(OLD) - 'is_live' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND state = 'OPEN' AND NEW.held_span IS NOT NULL
       AND NEW.held_span <@ coalesce(OLD.held_span, OLD.span)
       AND to_jsonb(NEW) - 'held_span' = to_jsonb(OLD) - 'held_span' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the lines of an issued invoice are frozen'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_issued_is_frozen';
END
$$;

CREATE OR REPLACE TRIGGER line_frozen BEFORE UPDATE OR DELETE ON billing_invoiceline
    FOR EACH ROW EXECUTE FUNCTION freeze_line();
