"""What can be proved about debit orders; part of `check_ledger`."""

from ispbill.core.marking import gettext_noop

CHECKS: dict[str, tuple[str, str]] = {
    "debits_are_payments": (
        gettext_noop(
            "Every collected debit order is one payment of its amount, held at NetCash, and "
            "the other way round"
        ),
        """SELECT 'order ' || o.reference FROM payments_debitorder o
           LEFT JOIN billing_payment p ON p.id = o.payment_id
           WHERE o.state = 'COLLECTED'
             AND (p.method, p.amount, p.customer_id, p.account_no)
                 IS DISTINCT FROM ('DEBIT_ORDER', o.amount, o.customer_id, 1033)
           UNION ALL
           SELECT 'payment ' || p.receipt_number FROM billing_payment p
           WHERE p.method = 'DEBIT_ORDER' AND p.account_no = 1033
             AND p.status IN ('COMPLETED', 'REVERSED')
             AND NOT EXISTS (SELECT FROM payments_debitorder o WHERE o.payment_id = p.id)""",
    ),
    "returned_debits_are_reversed": (
        gettext_noop(
            "Every debit order the bank returned after it was collected has its payment reversed"
        ),
        """SELECT 'order ' || o.reference FROM payments_debitorder o
           JOIN billing_payment p ON p.id = o.payment_id
           WHERE o.state IN ('UNPAID', 'DISPUTED') AND p.status <> 'REVERSED'""",
    ),
    "debits_are_their_parts": (
        gettext_noop(
            "Every debit order is the sum of what it collects for its customer's invoices"
        ),
        """SELECT 'order ' || o.reference FROM payments_debitorder o
           LEFT JOIN payments_debitpart d ON d.order_id = o.id
           LEFT JOIN billing_invoice i ON i.id = d.invoice_id
           GROUP BY o.id
           HAVING coalesce(sum(d.amount), 0) <> o.amount
               OR bool_or((d.customer_id, i.customer_id, d.mandate_id)
                          IS DISTINCT FROM (o.customer_id, o.customer_id, o.mandate_id))""",
    ),
    "debit_lines_are_followed": (
        gettext_noop("Every debit order is settled by one statement line, and returned by one"),
        """SELECT 'order ' || o.reference FROM payments_debitorder o
           LEFT JOIN payments_debitstatementline l ON l.order_id = o.id
           GROUP BY o.id
           HAVING count(l.id) FILTER (WHERE l.outcome = 'SETTLED')
                      <> (o.payment_id IS NOT NULL)::int
               OR count(l.id) FILTER (WHERE l.outcome = 'RETURNED')
                      <> (o.state IN ('UNPAID', 'DISPUTED'))::int""",
    ),
    "netcash_holds_what_was_collected": (
        gettext_noop(
            "What payments have put on NetCash's account is what stands of those collected through it"
        ),
        """SELECT 'account 1033: ' || b.amount || ' should be ' || p.amount FROM
           (SELECT coalesce(sum(p.amount), 0) AS amount FROM billing_posting p
            JOIN billing_journalentry e ON e.id = p.entry_id
            WHERE p.account_id = 1033 AND e.source_type = 'payment') b,
           (SELECT coalesce(sum(amount), 0) AS amount FROM billing_payment
            WHERE account_no = 1033 AND status IN ('COMPLETED', 'REFUNDED')) p
           WHERE b.amount <> p.amount""",
    ),
    "netcash_payouts_are_booked": (
        gettext_noop("Every transfer of NetCash to the bank is one booked payout of its amount"),
        """SELECT 'line ' || l.statement_date || ' ' || l.transaction_id
           FROM payments_debitstatementline l
           LEFT JOIN payments_settlementimport s ON s.id = l.payout_id
           WHERE l.outcome = 'PAID_OUT'
             AND (s.provider, s.state, s.net_amount)
                 IS DISTINCT FROM ('NETCASH', 'BOOKED', -l.effect_amount)
           UNION ALL
           SELECT 'payout ' || s.reference FROM payments_settlementimport s
           WHERE s.provider = 'NETCASH'
             AND NOT EXISTS (SELECT FROM payments_debitstatementline l WHERE l.payout_id = s.id)""",
    ),
    "netcash_fees_are_booked": (
        gettext_noop("Every fee line of NetCash's statement is booked with its amount, once"),
        """SELECT 'line ' || l.statement_date || ' ' || l.transaction_id
           FROM payments_debitstatementline l
           LEFT JOIN billing_journalentry e
             ON e.source_type = 'netcash_line' AND e.source_id = l.id
           LEFT JOIN billing_posting p ON p.entry_id = e.id AND p.account_id = 1033
           GROUP BY l.id
           HAVING coalesce(sum(p.amount), 0)
                  <> CASE l.outcome WHEN 'BOOKED' THEN l.effect_amount ELSE 0 END""",
    ),
}
