-- Refuses a payment that begins with another sum than its allocations', or names what is not
-- there.
-- Rule: billing.receivables.services.settlement
--
-- A payment begins with what its allocations say, which may be written before it; and names a
-- customer and a branch that are there. Neither is ever removed (`customer_kept`, `branch_kept`):
-- looking is as good as a foreign key, and eight cashiers of a branch need not hold its row together.
CREATE OR REPLACE FUNCTION check_payment_begins() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found record;
BEGIN
    SELECT coalesce(sum(a.amount) FILTER (WHERE a.released_at IS NULL), 0) AS held,
           bool_or(a.customer_id <> NEW.customer_id) AS is_strange,
           EXISTS (SELECT FROM accounts_branch b WHERE b.id = NEW.branch_id)
           AND EXISTS (SELECT FROM customers_customer c WHERE c.id = NEW.customer_id) AS is_somewhere
    INTO found FROM billing_allocation a WHERE a.payment_id = NEW.id;
    IF NOT found.is_somewhere THEN
        RAISE EXCEPTION 'a payment names a customer or branch that is not there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'payment_names_what_exists';
    END IF;
    IF NEW.allocated_amount <> found.held OR found.is_strange THEN
        RAISE EXCEPTION 'a payment is allocated what its allocations say'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payment_allocated_by_allocations';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER payment_begins BEFORE INSERT OR UPDATE OF branch_id, customer_id
    ON billing_payment
    FOR EACH ROW EXECUTE FUNCTION check_payment_begins();
