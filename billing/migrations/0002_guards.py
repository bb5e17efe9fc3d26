"""The books' own guards (docs/adr/0002-ledger-guards.md).

All checks work on whole statements through transition tables: a run that writes ten thousand
invoices pays for one check, and no check can be put off.
"""

from django.db import migrations

LEDGER = """
SELECT ispbill_append_only('billing_journalentry');
SELECT ispbill_append_only('billing_posting');
SELECT ispbill_append_only('billing_sellertext');

-- An entry must have its line 1 by commit; the next guard makes line 1 imply the whole entry.
ALTER TABLE billing_journalentry ADD CONSTRAINT journal_entry_is_not_empty
    FOREIGN KEY (id, first_line) REFERENCES billing_posting (entry_id, line_no)
    DEFERRABLE INITIALLY DEFERRED;

-- All postings of an entry come in one statement, begin with line 1, are at least two, and sum
-- to zero. So an entry can neither be unbalanced nor be added to later.
CREATE FUNCTION check_postings_balance() RETURNS trigger LANGUAGE plpgsql AS $$
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
    -- Entries and accounts are never removed (append-only), so looking once, for the statement as
    -- a whole, is as good as a foreign key and costs a join instead of two look-ups a row.
    SELECT n.entry_id INTO wrong FROM new_rows n
    LEFT JOIN billing_journalentry e ON e.id = n.entry_id
    LEFT JOIN billing_account a ON a.code = n.account_id
    WHERE e.id IS NULL OR a.code IS NULL
       OR (n.customer_id IS NOT NULL AND n.customer_id IS DISTINCT FROM e.customer_id) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'posting of entry % names an entry, account or customer that is not there', wrong
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'posting_names_what_exists';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION check_entry_branches() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM (SELECT DISTINCT branch_id FROM new_rows) n
    LEFT JOIN accounts_branch b ON b.id = n.branch_id WHERE b.id IS NULL;
    IF FOUND THEN
        RAISE EXCEPTION 'a journal entry names a branch that is not there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'journal_entry_branch_exists';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_branches AFTER INSERT ON billing_journalentry
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_entry_branches();
CREATE TRIGGER branch_kept BEFORE DELETE OR UPDATE OF id ON accounts_branch
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER billing_run_kept BEFORE DELETE OR UPDATE OF id ON billing_billingrun
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER account_kept BEFORE DELETE OR UPDATE OF code ON billing_account
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER account_kept_truncate BEFORE TRUNCATE ON billing_account
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER postings_balance AFTER INSERT ON billing_posting
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_postings_balance();

-- A customer's balance is the sum of the receivable postings, moved in the same statement.
CREATE FUNCTION move_customer_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE customers_standing s
    SET balance_amount = s.balance_amount + m.amount
    FROM (SELECT customer_id, sum(amount) AS amount FROM new_rows
          WHERE account_id = 1100 GROUP BY customer_id ORDER BY customer_id) m
    WHERE s.customer_id = m.customer_id AND m.amount <> 0;
    RETURN NULL;
END $$;
CREATE TRIGGER postings_move_balances AFTER INSERT ON billing_posting
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION move_customer_balances();
"""

INVOICES = """
-- An issued invoice's header must be the sum of its lines at the moment it is issued. Bulk work
-- therefore writes the lines first (their foreign key is deferred), then the invoices.
CREATE FUNCTION check_invoice_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT i.id INTO wrong
    FROM new_rows i
    LEFT JOIN (
        SELECT l.invoice_id, sum(l.net_amount) AS net, sum(l.tax_amount) AS tax,
               min(l.customer_id) AS first_customer, max(l.customer_id) AS last_customer
        FROM billing_invoiceline l
        WHERE l.invoice_id IN (SELECT id FROM new_rows WHERE status = 'OPEN')
        GROUP BY l.invoice_id
    ) s ON s.invoice_id = i.id
    WHERE i.status = 'OPEN'
      AND (s.net IS DISTINCT FROM i.subtotal_amount OR s.tax IS DISTINCT FROM i.tax_amount
           OR s.first_customer <> i.customer_id OR s.last_customer <> i.customer_id)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'invoice % is not the sum of its lines', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_is_the_sum_of_its_lines';
    END IF;
    -- Branches, runs and seller texts are never removed: looking once for the statement is enough.
    PERFORM 1 FROM (SELECT DISTINCT branch_id, run_id, seller_id FROM new_rows) n
    LEFT JOIN accounts_branch b ON b.id = n.branch_id
    LEFT JOIN billing_billingrun r ON r.id = n.run_id
    LEFT JOIN billing_sellertext t ON t.id = n.seller_id
    WHERE b.id IS NULL OR (n.run_id IS NOT NULL AND r.id IS NULL)
       OR (n.seller_id IS NOT NULL AND t.id IS NULL);
    IF FOUND THEN
        RAISE EXCEPTION 'an invoice names a branch, run or seller that is not there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'invoice_names_what_exists';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER invoice_sums_insert AFTER INSERT ON billing_invoice
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_invoice_sums();

CREATE FUNCTION check_invoice_issue() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sums record;
BEGIN
    SELECT sum(net_amount) AS net, sum(tax_amount) AS tax,
           bool_and(customer_id = NEW.customer_id) AS own INTO sums
    FROM billing_invoiceline WHERE invoice_id = NEW.id;
    IF sums.net IS DISTINCT FROM NEW.subtotal_amount OR sums.tax IS DISTINCT FROM NEW.tax_amount
       OR NOT sums.own THEN
        RAISE EXCEPTION 'invoice % is not the sum of its lines', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_is_the_sum_of_its_lines';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER invoice_sums_issue AFTER UPDATE OF status ON billing_invoice FOR EACH ROW
    WHEN (OLD.status = 'DRAFT' AND NEW.status = 'OPEN') EXECUTE FUNCTION check_invoice_issue();

-- Issued means frozen. Only payments, credits and voiding an untouched invoice move it.
CREATE FUNCTION freeze_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'invoice % is issued and cannot be removed', OLD.number
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_issued_is_frozen';
    END IF;
    IF (NEW.number, NEW.customer_id, NEW.branch_id, NEW.run_id, NEW.kind, NEW.issued_on,
        NEW.due_date, NEW.issued_at, NEW.currency, NEW.language, NEW.subtotal_amount,
        NEW.tax_amount, NEW.total_amount, NEW.seller_id, NEW.buyer)
       IS DISTINCT FROM
       (OLD.number, OLD.customer_id, OLD.branch_id, OLD.run_id, OLD.kind, OLD.issued_on,
        OLD.due_date, OLD.issued_at, OLD.currency, OLD.language, OLD.subtotal_amount,
        OLD.tax_amount, OLD.total_amount, OLD.seller_id, OLD.buyer)
       OR (NEW.status <> OLD.status AND NOT (OLD.status = 'OPEN' AND NEW.status = 'VOID'
            AND OLD.paid_amount = 0 AND OLD.credited_amount = 0)) THEN
        RAISE EXCEPTION 'invoice % is issued and cannot be changed', OLD.number
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_issued_is_frozen';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoice_frozen BEFORE UPDATE OF status, number, customer_id, branch_id, run_id, kind,
    issued_on, due_date, issued_at, currency, language, subtotal_amount, tax_amount, total_amount,
    seller_id, buyer ON billing_invoice FOR EACH ROW WHEN (OLD.status <> 'DRAFT')
    EXECUTE FUNCTION freeze_invoice();
CREATE TRIGGER invoice_kept BEFORE DELETE ON billing_invoice FOR EACH ROW
    WHEN (OLD.status <> 'DRAFT') EXECUTE FUNCTION freeze_invoice();
CREATE TRIGGER invoice_kept_truncate BEFORE TRUNCATE ON billing_invoice
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Lines belong to a draft, or come before their invoice; later only voiding touches them.
CREATE FUNCTION freeze_new_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT i.id INTO wrong FROM new_rows n JOIN billing_invoice i ON i.id = n.invoice_id
    WHERE i.status <> 'DRAFT' LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'invoice % is issued and takes no more lines', wrong
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_issued_is_frozen';
    END IF;
    SELECT n.invoice_id INTO wrong FROM new_rows n
    LEFT JOIN billing_account a ON a.code = n.account_id WHERE a.code IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a line of invoice % names an account that does not exist', wrong
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'invoice_line_account_exists';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER lines_frozen_insert AFTER INSERT ON billing_invoiceline
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION freeze_new_lines();

CREATE FUNCTION freeze_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    SELECT status INTO state FROM billing_invoice WHERE id = OLD.invoice_id;
    IF state IS NULL OR state = 'DRAFT' THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND state = 'VOID' AND OLD.is_live AND NOT NEW.is_live
       AND to_jsonb(NEW) - 'is_live' = to_jsonb(OLD) - 'is_live' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the lines of an issued invoice are frozen'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_issued_is_frozen';
END $$;
CREATE TRIGGER line_frozen BEFORE UPDATE OR DELETE ON billing_invoiceline
    FOR EACH ROW EXECUTE FUNCTION freeze_line();
CREATE TRIGGER line_frozen_truncate BEFORE TRUNCATE ON billing_invoiceline
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Billing never goes back in time.
CREATE FUNCTION keep_schedule_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'service % is billed until %, it cannot go back to %',
        OLD.subscription_id, OLD.billed_until, NEW.billed_until
        USING ERRCODE = 'check_violation', CONSTRAINT = 'schedule_only_moves_forward';
END $$;
CREATE TRIGGER schedule_forward BEFORE UPDATE OF billed_until ON billing_schedule FOR EACH ROW
    WHEN (OLD.billed_until IS NOT NULL AND (NEW.billed_until IS NULL OR NEW.billed_until < OLD.billed_until)
          AND current_setting('app.voiding', true) IS DISTINCT FROM 'yes')
    EXECUTE FUNCTION keep_schedule_forward();

ALTER TABLE billing_schedule SET (fillfactor = 50);
ALTER TABLE billing_invoice SET (fillfactor = 85);
"""

PORTAL = """
SELECT ispbill_protect('billing_schedule', 'customer_id');
SELECT ispbill_protect('billing_invoice', 'customer_id');
SELECT ispbill_protect('billing_invoiceline', 'customer_id');
SELECT ispbill_protect('billing_journalentry', 'customer_id');
SELECT ispbill_protect('billing_posting', 'customer_id');
SELECT ispbill_protect('billing_document', 'customer_id');
SELECT ispbill_portal_may('SELECT', 'billing_schedule');
SELECT ispbill_portal_may('SELECT', 'billing_invoice');
SELECT ispbill_portal_may('SELECT', 'billing_invoiceline');
SELECT ispbill_portal_may('SELECT', 'billing_journalentry');
SELECT ispbill_portal_may('SELECT', 'billing_posting');
SELECT ispbill_portal_may('SELECT', 'billing_account');
SELECT ispbill_portal_may('SELECT', 'billing_sellertext');
SELECT ispbill_portal_may('SELECT, INSERT, UPDATE', 'billing_document');
DO $$ BEGIN
    EXECUTE format('GRANT USAGE ON SEQUENCE billing_document_id_seq TO %I', ispbill_portal_role());
END $$;
"""

DROP = """
ALTER TABLE billing_journalentry DROP CONSTRAINT journal_entry_is_not_empty;
DROP TRIGGER branch_kept ON accounts_branch;
DROP FUNCTION check_entry_branches CASCADE;
DROP FUNCTION keep_schedule_forward, freeze_line, freeze_new_lines, freeze_invoice,
    check_invoice_issue, check_invoice_sums, move_customer_balances, check_postings_balance CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("customers", "0002_guards")]
    operations = [
        migrations.RunSQL(LEDGER, migrations.RunSQL.noop),
        migrations.RunSQL(INVOICES, migrations.RunSQL.noop),
        migrations.RunSQL(PORTAL, DROP),
    ]
