-- Keeps a customer's status: it follows from the services.
-- Rule: customers.services.account_states
--
-- A customer's status follows from the services.
CREATE OR REPLACE FUNCTION derive_customer_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE customers_customer c
    SET status = d.status
    FROM (
        SELECT s.customer_id,
               CASE WHEN bool_or(s.status = 'ACTIVE') THEN 'ACTIVE'
                    WHEN bool_or(s.status = 'SUSPENDED') THEN 'SUSPENDED'
                    WHEN bool_or(s.status = 'PENDING') THEN 'PENDING'
                    ELSE 'CANCELLED' END AS status
        FROM customers_subscription s
        WHERE s.customer_id IN (SELECT DISTINCT customer_id FROM new_rows)
        GROUP BY s.customer_id
    ) d
    WHERE c.id = d.customer_id AND c.status <> d.status;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER derive_status_insert AFTER INSERT ON customers_subscription
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derive_customer_status();

CREATE OR REPLACE TRIGGER derive_status_update AFTER UPDATE ON customers_subscription
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION derive_customer_status();
