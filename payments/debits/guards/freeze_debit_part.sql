-- Refuses to change the parts of a debit order that was sent; only its end frees their invoices.
-- Rule: payments.debits.rules.debits
--
-- Parts are those of a planned order; afterwards only its end frees their invoices.
CREATE OR REPLACE FUNCTION freeze_debit_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_planned boolean := EXISTS (SELECT FROM payments_debitorder o
        WHERE o.id = coalesce(OLD.order_id, NEW.order_id) AND o.state = 'PLANNED');
BEGIN
    IF is_planned THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.is_live AND NOT NEW.is_live AND pg_trigger_depth() > 1
       AND to_jsonb(NEW) - 'is_live' = to_jsonb(OLD) - 'is_live' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the parts of a debit order stay as they were sent'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'debit_part_is_frozen';
END
$$;

CREATE OR REPLACE TRIGGER debit_part_frozen BEFORE INSERT OR UPDATE OR DELETE ON payments_debitpart
    FOR EACH ROW EXECUTE FUNCTION freeze_debit_part();
