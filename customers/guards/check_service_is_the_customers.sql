-- Refuses a row that names a service of another customer than its own.
-- Test: tests/laws/test_guards.py
--
-- What belongs to a service belongs to that service's customer.
CREATE OR REPLACE FUNCTION check_service_is_the_customers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM new_rows n JOIN customers_subscription s ON s.id = n.subscription_id
    WHERE s.customer_id <> n.customer_id LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% names a service of another customer', TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = 'service_is_the_customers';
    END IF;
    RETURN NULL;
END
$$;
