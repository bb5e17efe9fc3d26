-- Refuses an entry whose postings do not sum to zero, are fewer than two, or come in two
-- statements.
-- Rule: billing.ledger.services.ledger
--
-- All postings of an entry come in one statement, begin with line 1, are at least two, and sum
-- to zero. So an entry can neither be unbalanced nor be added to later.
CREATE OR REPLACE FUNCTION check_postings_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT entry_id INTO wrong FROM new_rows
    GROUP BY entry_id
    HAVING sum(amount) <> 0 OR count(*) < 2 OR min(line_no) <> 1
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'journal entry % does not balance', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_entry_balances';
    END IF;
    SELECT n.entry_id INTO wrong
    FROM (SELECT entry_id, min(customer_id) AS first_customer, max(customer_id) AS last_customer
          FROM new_rows GROUP BY entry_id) n
    LEFT JOIN billing_journalentry e ON e.id = n.entry_id
    WHERE e.id IS NULL
       OR (n.first_customer IS NOT NULL AND (n.first_customer IS DISTINCT FROM e.customer_id
                                             OR n.last_customer IS DISTINCT FROM e.customer_id))
    LIMIT 1;
    IF NOT FOUND THEN
        SELECT n.entry_id INTO wrong
        FROM (SELECT account_id, min(entry_id) AS entry_id FROM new_rows GROUP BY account_id) n
        LEFT JOIN billing_account a ON a.code = n.account_id WHERE a.code IS NULL LIMIT 1;
    END IF;
    IF FOUND THEN
        RAISE EXCEPTION 'posting of entry % names an entry, account or customer that is not there', wrong
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'posting_names_what_exists';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER postings_balance AFTER INSERT ON billing_posting
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_postings_balance();
