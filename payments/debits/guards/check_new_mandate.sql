-- Refuses a mandate that does not begin as asked for, or is on no bank account of the customer.
-- Rule: payments.debits.services.submission
--
-- Nobody writes a mandate that was signed from the start, nor for somebody else's account.
CREATE OR REPLACE FUNCTION check_new_mandate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'PENDING' OR NOT EXISTS (
        SELECT FROM payments_paymentmethod m WHERE m.id = NEW.method_id
        AND m.customer_id = NEW.customer_id AND m.kind = 'BANK_ACCOUNT') THEN
        RAISE EXCEPTION 'a mandate is asked for, on a bank account of the customer'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'mandate_begins_pending';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER mandate_begins BEFORE INSERT ON payments_mandate
    FOR EACH ROW EXECUTE FUNCTION check_new_mandate();
