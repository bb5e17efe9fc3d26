-- Refuses an entry that is dated in a closed month.
-- Rule: billing.books.services.closing
CREATE OR REPLACE FUNCTION check_entries_in_open_period() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    through date;
    wrong date;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(billing_books_gate());
    through := billing_closed_through();
    SELECT min(posted_on) INTO wrong FROM new_rows;
    IF wrong <= through THEN
        RAISE EXCEPTION 'the books are closed up to %, an entry of % is refused', through, wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'journal_entry_in_open_period';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER entries_in_open_period AFTER INSERT ON billing_journalentry
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION check_entries_in_open_period();
