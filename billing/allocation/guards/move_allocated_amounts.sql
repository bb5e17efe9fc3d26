-- Keeps the sums of payment and invoice: both move with the allocation, of one customer, on issued
-- invoices only.
-- Rule: billing.allocation.services.allocation
--
-- Both sums move with the allocation, in one fixed order (payment, then invoice); their check
-- constraints refuse too much, and the row locks make that hold for concurrent payments too. A
-- payment that is not there yet brings its sum with it (`payment_begins`). All three are one
-- customer's, and an issued invoice is never removed (`invoice_kept`): what is found here needs no
-- foreign key besides.
CREATE OR REPLACE FUNCTION move_allocated_amounts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change numeric := CASE
        WHEN TG_OP = 'INSERT' THEN CASE WHEN NEW.released_at IS NULL THEN NEW.amount ELSE 0 END
        ELSE -NEW.amount END;
    payer bigint;
BEGIN
    UPDATE billing_payment SET allocated_amount = allocated_amount + change
        WHERE id = NEW.payment_id RETURNING customer_id INTO payer;
    UPDATE billing_invoice SET paid_amount = paid_amount + change
        WHERE id = NEW.invoice_id AND customer_id = NEW.customer_id AND status = 'OPEN';
    IF NOT FOUND OR payer <> NEW.customer_id THEN
        RAISE EXCEPTION 'only an issued invoice can be paid, by a payment of its customer'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'allocation_pays_issued_invoice';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER allocation_moves_amounts AFTER INSERT ON billing_allocation
    FOR EACH ROW EXECUTE FUNCTION move_allocated_amounts();

CREATE OR REPLACE TRIGGER allocation_release_moves_amounts AFTER UPDATE OF released_at ON billing_allocation
    FOR EACH ROW WHEN (OLD.released_at IS NULL AND NEW.released_at IS NOT NULL)
    EXECUTE FUNCTION move_allocated_amounts();
