-- Refuses to change or remove a package's prices of days gone by.
-- Rule: customers.services.packages
-- Test: tests/laws/test_guards.py
CREATE OR REPLACE FUNCTION keep_price_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.effective_from < company_today() THEN
        RAISE EXCEPTION 'prices of days gone by stay as they were'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'package_price_history_is_kept';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;

CREATE OR REPLACE TRIGGER price_history BEFORE UPDATE OR DELETE ON customers_packageprice
    FOR EACH ROW EXECUTE FUNCTION keep_price_history();
