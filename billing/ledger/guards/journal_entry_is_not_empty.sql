-- Refuses, at the commit, an entry without postings: it names its own first line.
-- Rule: billing.ledger.services.ledger
-- Test: tests/billing/ledger/test_ledger_guards.py
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'journal_entry_is_not_empty') THEN
        ALTER TABLE billing_journalentry ADD CONSTRAINT journal_entry_is_not_empty
            FOREIGN KEY (id, first_line) REFERENCES billing_posting (entry_id, line_no)
            DEFERRABLE INITIALLY DEFERRED;
    END IF;
END
$$;
