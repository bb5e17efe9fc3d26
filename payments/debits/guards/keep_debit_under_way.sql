-- Keeps which customers' debit orders the bank has not answered, as a fact dunning can read.
-- Rule: billing.dunning.queries.under_way
-- Test: tests/payments/debits/test_journey.py
--
-- An answer may come for seven days after the day of the debit.
CREATE OR REPLACE FUNCTION keep_debit_under_way() RETURNS trigger LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.state IN ('PLANNED', 'UPLOADED', 'ACCEPTED') THEN
        INSERT INTO billing_paymentunderway (source, source_id, customer_id, until)
        VALUES ('DEBIT', NEW.id, NEW.customer_id, NEW.action_date + 7)
        ON CONFLICT (source, source_id) DO UPDATE SET until = excluded.until;
    ELSE
        DELETE FROM billing_paymentunderway WHERE source = 'DEBIT' AND source_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER debit_under_way AFTER INSERT OR UPDATE OF state, action_date
    ON payments_debitorder FOR EACH ROW EXECUTE FUNCTION keep_debit_under_way();
