"""Proofs about payments, what they pay, refunds and deposits (see `proofs`)."""

from ispbill.core.marking import gettext_noop
from ispbill.reports.queries.number_gaps import left_out

# name → (what it means, SQL returning the labels of what contradicts it)
CHECKS: dict[str, tuple[str, str]] = {
    "receipts_without_gaps": (
        gettext_noop("Receipt numbers of a year run from 1 without a gap"),
        """SELECT 'RCP-' || year || ': ' || count || ' numbers up to ' || highest FROM (
               SELECT split_part(receipt_number, '-', 2) AS year, count(*) AS count,
                      max(split_part(receipt_number, '-', 3)::bigint) AS highest
               FROM billing_payment WHERE receipt_number IS NOT NULL GROUP BY 1) n
           WHERE count + """
        + left_out(series="'RCP'")
        + " <> highest",
    ),
    "allocations_add_up": (
        gettext_noop("What payments pay and what invoices have received are the same"),
        """SELECT 'payment ' || coalesce(p.receipt_number, p.id::text) FROM billing_payment p
           LEFT JOIN (SELECT payment_id, sum(amount) AS held FROM billing_allocation
                      WHERE released_at IS NULL GROUP BY payment_id) a ON a.payment_id = p.id
           WHERE p.allocated_amount <> coalesce(a.held, 0)
              OR p.allocated_amount + p.refunded_amount > p.amount
           UNION ALL
           SELECT 'invoice ' || i.number FROM billing_invoice i
           LEFT JOIN (SELECT invoice_id, sum(amount) AS held FROM billing_allocation
                      WHERE released_at IS NULL GROUP BY invoice_id) a ON a.invoice_id = i.id
           WHERE i.paid_amount <> coalesce(a.held, 0)
           UNION ALL
           SELECT 'allocation ' || a.id FROM billing_allocation a
           LEFT JOIN billing_payment p ON p.id = a.payment_id
           LEFT JOIN billing_invoice i ON i.id = a.invoice_id
           WHERE p.customer_id IS DISTINCT FROM a.customer_id
              OR i.customer_id IS DISTINCT FROM a.customer_id""",
    ),
    "paid_facts_follow_payments": (
        gettext_noop(
            "What an account state says was paid, last and all in all, is what the payments say"
        ),
        """SELECT c.number || ': ' || s.lifetime_value_amount || ' instead of '
                  || coalesce(p.amount, 0) FROM customers_accountstate s
           JOIN customers_customer c ON c.id = s.customer_id
           LEFT JOIN (SELECT customer_id, sum(amount) AS amount, max(received_at) AS last_at
                      FROM billing_payment WHERE status = 'COMPLETED' GROUP BY customer_id) p
                ON p.customer_id = s.customer_id
           WHERE s.lifetime_value_amount <> coalesce(p.amount, 0)
              OR s.last_paid_at IS DISTINCT FROM p.last_at""",
    ),
    "payments_are_booked": (
        gettext_noop("Every completed payment is in the books, every reversed one reversed"),
        """SELECT coalesce(p.receipt_number, 'payment ' || p.id) FROM billing_payment p
           LEFT JOIN billing_journalentry e ON e.source_type = 'payment' AND e.source_id = p.id
                AND e.kind = 'PAYMENT'
           LEFT JOIN billing_posting x ON x.entry_id = e.id AND x.account_id = 1100
           LEFT JOIN billing_journalentry r ON r.reverses_id = e.id
           WHERE (p.status IN ('COMPLETED', 'REVERSED') AND x.amount IS DISTINCT FROM -p.amount)
              OR ((p.status = 'REVERSED') <> (r.id IS NOT NULL))""",
    ),
    "refunds_add_up": (
        gettext_noop(
            "What is refunded of payments is what refunds say, and never more than they were"
        ),
        """SELECT coalesce(p.receipt_number, 'payment ' || p.id) FROM billing_payment p
           LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM billing_refundpart
                      GROUP BY payment_id) r ON r.payment_id = p.id
           WHERE p.refunded_amount <> coalesce(r.amount, 0)
           UNION ALL
           SELECT f.number FROM billing_refund f
           LEFT JOIN (SELECT refund_id, sum(amount) AS amount FROM billing_refundpart
                      GROUP BY refund_id) r ON r.refund_id = f.id
           LEFT JOIN billing_journalentry e ON e.source_type = 'refund' AND e.source_id = f.id
           LEFT JOIN billing_posting x ON x.entry_id = e.id AND x.account_id = 1100
           WHERE r.amount IS DISTINCT FROM f.amount OR x.amount IS DISTINCT FROM f.amount""",
    ),
    "deposits_add_up": (
        gettext_noop(
            "Deposits are the sum of their moves, never below zero, and what the books owe for them"
        ),
        """SELECT c.number FROM customers_customer c
           LEFT JOIN billing_deposit d ON d.customer_id = c.id
           LEFT JOIN (SELECT customer_id, sum(CASE WHEN kind IN ('TAKEN', 'PUT_BACK') THEN amount
                                                   ELSE -amount END) AS amount
                      FROM billing_depositmove GROUP BY customer_id) m ON m.customer_id = c.id
           WHERE coalesce(d.held_amount, 0) <> coalesce(m.amount, 0) OR d.held_amount < 0
           UNION ALL
           SELECT 'account 2300: ' || coalesce(b.amount, 0) FROM
               (SELECT sum(amount) AS amount FROM billing_posting WHERE account_id = 2300) b,
               (SELECT sum(held_amount) AS amount FROM billing_deposit) d
           WHERE coalesce(b.amount, 0) <> -coalesce(d.amount, 0)""",
    ),
    "money_out_without_gaps": (
        gettext_noop("Refund and deposit numbers of a year run from 1 without a gap"),
        """SELECT series || '-' || year || ': ' || count || ' numbers up to ' || highest FROM (
               SELECT split_part(number, '-', 1) AS series, split_part(number, '-', 2) AS year,
                      count(*) AS count, max(split_part(number, '-', 3)::bigint) AS highest
               FROM (SELECT number FROM billing_refund UNION ALL
                     SELECT number FROM billing_depositmove) v GROUP BY 1, 2) n
           WHERE count + """
        + left_out(series="n.series")
        + " <> highest",
    ),
}
