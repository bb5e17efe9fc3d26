-- Refuses to change, remove or add tax rates of days gone by.
-- Rule: customers.services.taxes
-- Test: tests/laws/test_guards.py
--
-- A rate is only ended by a newer one. One that has not begun yet may be withdrawn. Work that says
-- when it happens (every service does) adds none to the past of a class that has rates already.
CREATE OR REPLACE FUNCTION keep_tax_rate_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.effective_from > company_today() THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'INSERT' AND (
        coalesce(current_setting('app.at', true), '') = ''
        OR NEW.effective_from >= company_today()
        OR NOT EXISTS (SELECT FROM customers_taxrate r WHERE r.tax_class_id = NEW.tax_class_id))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'tax rates of days gone by stay as they were'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'tax_rate_history_is_kept';
END
$$;

CREATE OR REPLACE TRIGGER tax_rate_history BEFORE INSERT OR UPDATE OR DELETE ON customers_taxrate
    FOR EACH ROW EXECUTE FUNCTION keep_tax_rate_history();
