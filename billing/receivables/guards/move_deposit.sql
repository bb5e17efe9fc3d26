-- Keeps the deposit held by its moves, and refuses one that does not fit its payment.
-- Rule: billing.receivables.services.deposits
CREATE OR REPLACE FUNCTION move_deposit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change numeric := CASE WHEN NEW.kind IN ('TAKEN', 'PUT_BACK') THEN NEW.amount
                           ELSE -NEW.amount END;
BEGIN
    IF NEW.payment_id IS NOT NULL THEN
        PERFORM 1 FROM billing_payment p WHERE p.id = NEW.payment_id AND p.method = 'DEPOSIT'
            AND p.customer_id = NEW.customer_id AND p.amount = NEW.amount
            AND (NEW.kind = 'APPLIED') = (p.status <> 'REVERSED');
        IF NOT FOUND THEN
            RAISE EXCEPTION 'deposit % does not fit its payment', NEW.number
                USING ERRCODE = 'check_violation', CONSTRAINT = 'deposit_fits_its_payment';
        END IF;
    END IF;
    UPDATE billing_deposit SET held_amount = held_amount + change
        WHERE customer_id = NEW.customer_id;
    IF NOT FOUND THEN
        INSERT INTO billing_deposit (customer_id, held_amount) VALUES (NEW.customer_id, change);
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER deposit_moves AFTER INSERT ON billing_depositmove
    FOR EACH ROW EXECUTE FUNCTION move_deposit();
