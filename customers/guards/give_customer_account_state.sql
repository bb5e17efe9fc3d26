-- Gives every new customer an account state.
-- Rule: customers.services.registration
--
-- Every customer has an account state from birth.
CREATE OR REPLACE FUNCTION give_customer_account_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO customers_accountstate (customer_id, balance_amount, usage_cycle_gb,
        lifetime_value_amount, ticket_count, top_ott_app, peak_hours)
    SELECT id, 0, 0, 0, 0, '', '' FROM new_rows
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER give_account_state AFTER INSERT ON customers_customer
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION give_customer_account_state();
