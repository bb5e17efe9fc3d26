-- Keeps a customer's balance: the sum of the receivable postings, moved in the same statement.
-- Rule: billing.ledger.services.ledger
--
-- A customer's balance is the sum of the receivable postings, moved in the same statement.
CREATE OR REPLACE FUNCTION move_customer_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    first_customer bigint;
    last_customer bigint;
BEGIN
    IF to_regclass('pg_temp.billing_new_dates') IS NULL THEN
        UPDATE customers_accountstate s
        SET balance_amount = s.balance_amount + m.amount
        FROM (SELECT customer_id, sum(amount) AS amount FROM new_rows
              WHERE account_id = 1100 GROUP BY customer_id ORDER BY customer_id) m
        WHERE s.customer_id = m.customer_id AND m.amount <> 0;
    ELSE
        SELECT min(w.customer_id), max(w.customer_id) INTO first_customer, last_customer
        FROM (SELECT customer_id FROM new_rows WHERE account_id = 1100
              UNION ALL SELECT customer_id FROM pg_temp.billing_new_dates) w;
        UPDATE customers_accountstate s
        SET balance_amount = s.balance_amount + coalesce(m.amount, 0),
            next_billing_date = CASE WHEN d.customer_id IS NULL THEN s.next_billing_date
                                     ELSE d.next_on END,
            oldest_due_date = least(s.oldest_due_date, d.due_date)
        FROM (SELECT customer_id, sum(amount) AS amount FROM new_rows
              WHERE account_id = 1100 GROUP BY customer_id) m
        FULL JOIN pg_temp.billing_new_dates d ON d.customer_id = m.customer_id
        WHERE s.customer_id = coalesce(m.customer_id, d.customer_id)
          AND s.customer_id BETWEEN first_customer AND last_customer;
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER postings_move_balances AFTER INSERT ON billing_posting
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION move_customer_balances();
