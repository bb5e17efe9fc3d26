"""Proofs about the journal, the closed months and revenue earned over time (see `proofs`)."""

from billing.ledger.queries.account_states import EXPECTED
from ispbill.core.marking import gettext_noop

# name → (what it means, SQL returning the labels of what contradicts it)
CHECKS: dict[str, tuple[str, str]] = {
    "entries_balance": (
        gettext_noop("Every journal entry sums to zero and has at least two postings"),
        """SELECT 'entry ' || e.id FROM billing_journalentry e
           LEFT JOIN billing_posting p ON p.entry_id = e.id
           GROUP BY e.id HAVING coalesce(sum(p.amount), 1) <> 0 OR count(p.entry_id) < 2""",
    ),
    "postings_have_entries": (
        gettext_noop("Every posting belongs to an entry and an account that exist"),
        """SELECT 'posting ' || p.entry_id || '/' || p.line_no FROM billing_posting p
           LEFT JOIN billing_journalentry e ON e.id = p.entry_id
           LEFT JOIN billing_account a ON a.code = p.account_id
           WHERE e.id IS NULL OR a.code IS NULL""",
    ),
    "balances_are_sums": (
        gettext_noop("Every balance and date on a customer's account state is what its rows say"),
        f"""SELECT c.number || ': balance ' || t.balance_amount || ' should be ' || e.balance_amount
                   || ', oldest due ' || coalesce(t.oldest_due_date::text, '-') || ' should be '
                   || coalesce(e.oldest_due_date::text, '-') || ', next bill '
                   || coalesce(t.next_billing_date::text, '-') || ' should be '
                   || coalesce(e.next_billing_date::text, '-')
            FROM ({EXPECTED}) e
            JOIN customers_accountstate t ON t.customer_id = e.customer_id
            JOIN customers_customer c ON c.id = e.customer_id
            WHERE t.balance_amount <> e.balance_amount
               OR t.oldest_due_date IS DISTINCT FROM e.oldest_due_date
               OR t.next_billing_date IS DISTINCT FROM e.next_billing_date""",
    ),
    "customers_have_account_states": (
        gettext_noop("Every customer has an account state"),
        """SELECT c.number FROM customers_customer c
           LEFT JOIN customers_accountstate t ON t.customer_id = c.id WHERE t.customer_id IS NULL""",
    ),
    "closed_months_are_unchanged": (
        gettext_noop("Every closed month holds the entries it was closed with, and no others"),
        """SELECT to_char(c.first_day, 'YYYY-MM') || ': ' || coalesce(e.count, 0) || ' entries of '
                  || coalesce(e.turnover, 0) || ' instead of ' || c.entry_count || ' of '
                  || c.turnover_amount
           FROM billing_periodclose c
           LEFT JOIN LATERAL (
               SELECT count(DISTINCT j.id) AS count, sum(p.amount) FILTER (WHERE p.amount > 0) AS turnover
               FROM billing_journalentry j JOIN billing_posting p ON p.entry_id = j.id
               WHERE j.posted_on BETWEEN c.first_day AND c.last_day) e ON true
           WHERE c.reopened_at IS NULL
             AND (coalesce(e.count, 0) <> c.entry_count
                  OR coalesce(e.turnover, 0) <> c.turnover_amount)""",
    ),
    "day_totals_are_sums": (
        gettext_noop("The totals kept with the seals are what the sealed entries say"),
        """SELECT coalesce(d.seal_id, r.seal_id) || ': ' || coalesce(d.account_id, r.account_id)
           FROM (SELECT seal_id, posted_on, branch_id, account_id, kind,
                        debit_amount - credit_amount AS amount, posting_count AS count
                 FROM billing_ledgerday) d
           FULL JOIN (
               SELECT s.id AS seal_id, e.posted_on, e.branch_id, p.account_id, e.kind,
                      sum(p.amount) AS amount, count(*) AS count
               FROM billing_ledgerseal s
               JOIN billing_journalentry e ON e.id BETWEEN s.first_id AND s.last_id
               JOIN billing_posting p ON p.entry_id = e.id
               GROUP BY s.id, e.posted_on, e.branch_id, p.account_id, e.kind) r
             ON (d.seal_id, d.posted_on, d.branch_id, d.account_id, d.kind)
              = (r.seal_id, r.posted_on, r.branch_id, r.account_id, r.kind)
           WHERE d.amount IS DISTINCT FROM r.amount OR d.count IS DISTINCT FROM r.count""",
    ),
    "deferred_is_billed_less_earned": (
        gettext_noop(
            "Account 2400 holds what was billed ahead less what was given back and earned, by branch"
        ),
        """SELECT coalesce(b.branch_id, l.branch_id) || ': ' || coalesce(b.held, 0) || ' held, '
                  || coalesce(l.billed, 0) || ' billed, ' || coalesce(b.earned, 0) || ' earned'
           FROM (SELECT e.branch_id, -sum(p.amount) AS held,
                        coalesce(sum(p.amount) FILTER (WHERE e.source_type = 'recognition'), 0) AS earned
                 FROM billing_journalentry e JOIN billing_posting p ON p.entry_id = e.id
                 WHERE p.account_id = 2400 GROUP BY e.branch_id) b
           FULL JOIN (
               SELECT i.branch_id, sum(l.net_amount - coalesce(c.net, 0)) AS billed
               FROM billing_invoiceline l JOIN billing_invoice i ON i.id = l.invoice_id
               LEFT JOIN (SELECT line_id, sum(net_amount) AS net FROM billing_creditnoteline
                          WHERE account_id = 2400 GROUP BY line_id) c ON c.line_id = l.id
               WHERE l.account_id = 2400 AND i.status = 'OPEN' GROUP BY i.branch_id) l
             ON l.branch_id = b.branch_id
           WHERE coalesce(b.held, 0) + coalesce(b.earned, 0) <> coalesce(l.billed, 0)""",
    ),
    "recognition_is_booked": (
        gettext_noop("Every run that took revenue as earned is in the books with its amount"),
        """SELECT r.as_of || ' of branch ' || r.branch_id FROM billing_recognition r
           LEFT JOIN billing_journalentry e ON e.source_type = 'recognition' AND e.source_id = r.id
                AND e.kind = 'RECOGNITION' AND e.branch_id = r.branch_id
           LEFT JOIN billing_posting p ON p.entry_id = e.id AND p.account_id = 2400
           WHERE e.id IS NULL OR coalesce(p.amount, 0) <> r.amount""",
    ),
}
