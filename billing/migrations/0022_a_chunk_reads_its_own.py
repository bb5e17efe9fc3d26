"""A chunk of a run reads its own stretch of what it checks and moves.

Ten thousand bills joined with all standings, or with all lines, made the planner read these from end
to end, a million rows for each chunk of a large company; whether it did hung on when the server had
last counted the rows.
"""

from importlib import import_module

from django.db import migrations

_BEFORE = import_module("billing.migrations.0021_looked_up_once").CHECKS

FUNCTIONS = """
-- As before, but each invoice's lines are found by their index, whatever the server has counted.
CREATE OR REPLACE FUNCTION check_invoice_sums() RETURNS trigger LANGUAGE plpgsql
    SET enable_seqscan = off AS $$
DECLARE
    wrong bigint;
BEGIN
    SELECT i.id INTO wrong
    FROM new_rows i
    CROSS JOIN LATERAL (
        SELECT sum(l.net_amount) AS net, sum(l.tax_amount) AS tax,
               bool_and(l.customer_id = i.customer_id) AS is_own
        FROM billing_invoiceline l WHERE l.invoice_id = i.id) s
    WHERE i.status = 'OPEN'
      AND (s.net IS DISTINCT FROM i.subtotal_amount OR s.tax IS DISTINCT FROM i.tax_amount
           OR NOT s.is_own)
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

-- As before, in a run by the customers of the chunk.
CREATE OR REPLACE FUNCTION move_customer_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    first_customer bigint;
    last_customer bigint;
BEGIN
    IF to_regclass('pg_temp.billing_new_dates') IS NULL THEN
        UPDATE customers_standing s
        SET balance_amount = s.balance_amount + m.amount
        FROM (SELECT customer_id, sum(amount) AS amount FROM new_rows
              WHERE account_id = 1100 GROUP BY customer_id ORDER BY customer_id) m
        WHERE s.customer_id = m.customer_id AND m.amount <> 0;
    ELSE
        SELECT min(w.customer_id), max(w.customer_id) INTO first_customer, last_customer
        FROM (SELECT customer_id FROM new_rows WHERE account_id = 1100
              UNION ALL SELECT customer_id FROM pg_temp.billing_new_dates) w;
        UPDATE customers_standing s
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
END $$;
"""


def _before(name: str) -> str:
    """Return the function's text as it was."""
    start = _BEFORE.index(f"FUNCTION {name}()")
    return "CREATE OR REPLACE " + _BEFORE[start : _BEFORE.index("END $$;", start) + len("END $$;")]


BACK = _before("check_invoice_sums") + "\n" + _before("move_customer_balances")


class Migration(migrations.Migration):
    dependencies = [("billing", "0021_looked_up_once")]
    operations = [migrations.RunSQL(FUNCTIONS, BACK)]
