-- Refuses to remove a customer's way to pay but softly, or to give it to somebody else.
-- Rule: payments.debits.services.methods
CREATE OR REPLACE FUNCTION freeze_payment_method() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR (NEW.customer_id, NEW.kind, NEW.key) IS DISTINCT FROM (OLD.customer_id, OLD.kind, OLD.key)
       OR (OLD.removed_at IS NOT NULL AND NEW.removed_at IS DISTINCT FROM OLD.removed_at) THEN
        RAISE EXCEPTION 'a way to pay is removed softly and stays the customer''s'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payment_method_is_kept';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER payment_method_frozen BEFORE UPDATE OR DELETE ON payments_paymentmethod
    FOR EACH ROW EXECUTE FUNCTION freeze_payment_method();
