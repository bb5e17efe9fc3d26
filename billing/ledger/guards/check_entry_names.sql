-- Refuses an entry that names a branch, customer or entry that is not there, or that has no
-- postings.
-- Rule: billing.ledger.services.ledger
--
-- What an entry names: branches, customers and entries are never removed, so looking once, for the
-- statement as a whole, is as good as a foreign key, and locks no row of theirs.
CREATE OR REPLACE FUNCTION check_entry_names() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM (SELECT DISTINCT branch_id FROM new_rows) n
    LEFT JOIN accounts_branch b ON b.id = n.branch_id WHERE b.id IS NULL;
    IF FOUND THEN
        RAISE EXCEPTION 'a journal entry names a branch that is not there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'journal_entry_branch_exists';
    END IF;
    PERFORM 1 FROM new_rows n LEFT JOIN customers_customer c ON c.id = n.customer_id
    WHERE n.customer_id IS NOT NULL AND c.id IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a journal entry names a customer that is not there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'journal_entry_customer_exists';
    END IF;
    PERFORM 1 FROM new_rows n LEFT JOIN billing_journalentry e ON e.id = n.reverses_id
    WHERE n.reverses_id IS NOT NULL AND e.id IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a journal entry undoes one that is not there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'journal_entry_undoes_what_exists';
    END IF;
    -- Who leaves the first line open says: its postings came with it, in this statement.
    PERFORM 1 FROM new_rows n
    LEFT JOIN billing_posting p ON p.entry_id = n.id AND p.line_no = 1
    WHERE n.first_line IS NULL AND p.entry_id IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a journal entry has no postings'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'journal_entry_is_not_empty';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER entry_names AFTER INSERT ON billing_journalentry
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_entry_names();
