"""What bills and entries name is looked up once a statement (docs/adr/0032-looked-up-once.md)."""

import django.db.models.deletion
from django.db import migrations, models

CHECKS = """
-- What an entry names: branches, customers and entries are never removed, so looking once, for the
-- statement as a whole, is as good as a foreign key, and locks no row of theirs.
CREATE FUNCTION check_entry_names() RETURNS trigger LANGUAGE plpgsql AS $$
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
END $$;
DROP TRIGGER entry_branches ON billing_journalentry;
DROP FUNCTION check_entry_branches;
CREATE TRIGGER entry_names AFTER INSERT ON billing_journalentry
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION check_entry_names();

-- As before, but an entry is looked up once and not once for each of its postings, and an account
-- once however many postings it has.
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
END $$;

-- As before, in one pass over the lines; and the customers are there.
CREATE OR REPLACE FUNCTION check_invoice_sums() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT i.id INTO wrong
    FROM new_rows i LEFT JOIN billing_invoiceline l ON l.invoice_id = i.id
    WHERE i.status = 'OPEN'
    GROUP BY i.id
    HAVING sum(l.net_amount) IS DISTINCT FROM min(i.subtotal_amount)
        OR sum(l.tax_amount) IS DISTINCT FROM min(i.tax_amount)
        OR NOT bool_and(l.customer_id = i.customer_id)
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'invoice % is not the sum of its lines', wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'invoice_is_the_sum_of_its_lines';
    END IF;
    -- Customers, branches, runs and seller texts are never removed: looking once is enough.
    PERFORM 1 FROM (SELECT DISTINCT branch_id, run_id, seller_id FROM new_rows) n
    LEFT JOIN accounts_branch b ON b.id = n.branch_id
    LEFT JOIN billing_billingrun r ON r.id = n.run_id
    LEFT JOIN billing_sellertext t ON t.id = n.seller_id
    WHERE b.id IS NULL OR (n.run_id IS NOT NULL AND r.id IS NULL)
       OR (n.seller_id IS NOT NULL AND t.id IS NULL);
    IF NOT FOUND THEN
        PERFORM 1 FROM new_rows n LEFT JOIN customers_customer c ON c.id = n.customer_id
        WHERE c.id IS NULL LIMIT 1;
    END IF;
    IF FOUND THEN
        RAISE EXCEPTION 'an invoice names a customer, branch, run or seller that is not there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'invoice_names_what_exists';
    END IF;
    RETURN NULL;
END $$;

-- As before; and the services are there.
CREATE OR REPLACE FUNCTION freeze_new_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT i.id INTO wrong FROM new_rows n JOIN billing_invoice i ON i.id = n.invoice_id
    WHERE i.status <> 'DRAFT' LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'invoice % is issued and takes no more lines', wrong
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'invoice_issued_is_frozen';
    END IF;
    SELECT n.invoice_id INTO wrong
    FROM (SELECT account_id, min(invoice_id) AS invoice_id FROM new_rows GROUP BY account_id) n
    LEFT JOIN billing_account a ON a.code = n.account_id WHERE a.code IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a line of invoice % names an account that does not exist', wrong
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'invoice_line_account_exists';
    END IF;
    SELECT n.invoice_id INTO wrong
    FROM new_rows n LEFT JOIN customers_subscription s ON s.id = n.subscription_id
    WHERE n.subscription_id IS NOT NULL AND s.id IS NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a line of invoice % names a service that does not exist', wrong
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'invoice_line_service_exists';
    END IF;
    RETURN NULL;
END $$;

-- As before; and a run's new dates are taken along, where it has laid them out: so a standing is
-- written once and not twice, which costs its indexes once, and asks no foreign key (one that is
-- written again by its own transaction is looked up again). The balance is moved either way.
CREATE OR REPLACE FUNCTION move_customer_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass('pg_temp.billing_new_dates') IS NULL THEN
        UPDATE customers_standing s
        SET balance_amount = s.balance_amount + m.amount
        FROM (SELECT customer_id, sum(amount) AS amount FROM new_rows
              WHERE account_id = 1100 GROUP BY customer_id ORDER BY customer_id) m
        WHERE s.customer_id = m.customer_id AND m.amount <> 0;
    ELSE
        UPDATE customers_standing s
        SET balance_amount = s.balance_amount + coalesce(m.amount, 0),
            next_billing_date = CASE WHEN d.customer_id IS NULL THEN s.next_billing_date
                                     ELSE d.next_on END,
            oldest_due_date = least(s.oldest_due_date, d.due_date)
        FROM (SELECT customer_id, sum(amount) AS amount FROM new_rows
              WHERE account_id = 1100 GROUP BY customer_id) m
        FULL JOIN pg_temp.billing_new_dates d ON d.customer_id = m.customer_id
        WHERE s.customer_id = coalesce(m.customer_id, d.customer_id);
    END IF;
    RETURN NULL;
END $$;

-- A run takes services by their customer's place; so a schedule's customer has to be its service's.
CREATE TRIGGER own_service AFTER INSERT ON billing_schedule REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION check_service_is_the_customers();

-- A draft may still be given to somebody else: he has to be there, too.
CREATE FUNCTION check_invoice_customer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM customers_customer c WHERE c.id = NEW.customer_id) THEN
        RAISE EXCEPTION 'invoice % names a customer that is not there', NEW.id
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'invoice_names_what_exists';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER invoice_customer_exists BEFORE UPDATE OF customer_id ON billing_invoice FOR EACH ROW
    WHEN (NEW.customer_id IS DISTINCT FROM OLD.customer_id)
    EXECUTE FUNCTION check_invoice_customer();
CREATE FUNCTION check_line_service() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM customers_subscription s WHERE s.id = NEW.subscription_id) THEN
        RAISE EXCEPTION 'line % names a service that does not exist', NEW.id
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'invoice_line_service_exists';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER line_service_exists BEFORE UPDATE OF subscription_id ON billing_invoiceline
    FOR EACH ROW WHEN (NEW.subscription_id IS NOT NULL
                       AND NEW.subscription_id IS DISTINCT FROM OLD.subscription_id)
    EXECUTE FUNCTION check_line_service();
"""

# The functions that stay look at more than before, which harms nothing.
BACK = """
DROP TRIGGER own_service ON billing_schedule;
CREATE OR REPLACE FUNCTION move_customer_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE customers_standing s
    SET balance_amount = s.balance_amount + m.amount
    FROM (SELECT customer_id, sum(amount) AS amount FROM new_rows
          WHERE account_id = 1100 GROUP BY customer_id ORDER BY customer_id) m
    WHERE s.customer_id = m.customer_id AND m.amount <> 0;
    RETURN NULL;
END $$;
DROP FUNCTION check_line_service, check_invoice_customer, check_entry_names CASCADE;
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
"""

REFERENCE = {
    "on_delete": django.db.models.deletion.PROTECT,
    "db_constraint": False,
    "db_index": False,
}


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0020_runs_of_chosen_customers"),
        ("customers", "0014_never_removed"),
    ]
    operations = [
        # First: from here on what is named is looked up, and only then the foreign keys go.
        migrations.RunSQL(CHECKS, BACK),
        migrations.AlterField(
            model_name="invoice",
            name="customer",
            field=models.ForeignKey(
                to="customers.customer", related_name="invoices", **REFERENCE
            ),
        ),
        migrations.AlterField(
            model_name="invoiceline",
            name="subscription",
            field=models.ForeignKey(
                to="customers.subscription", related_name="+", null=True, **REFERENCE
            ),
        ),
        migrations.AlterField(
            model_name="journalentry",
            name="customer",
            field=models.ForeignKey(
                to="customers.customer", related_name="+", null=True, **REFERENCE
            ),
        ),
        migrations.AlterField(
            model_name="journalentry",
            name="reverses",
            field=models.ForeignKey(
                to="billing.journalentry", related_name="+", null=True, **REFERENCE
            ),
        ),
        migrations.AlterField(
            model_name="journalentry",
            name="first_line",
            field=models.PositiveSmallIntegerField(null=True, default=1),
        ),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.UniqueConstraint(
                name="journal_entry_undone_once",
                fields=["reverses"],
                condition=models.Q(reverses__isnull=False),
            ),
        ),
    ]
