"""Prove the books: each check is one query that returns what contradicts it, and should be empty.

`check_ledger` runs them all and exits 1 with the list; the same run every night is the answer to
"can a constraint be missing or switched off without anybody noticing".
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from billing.queries.standings import EXPECTED
from billing.services import ledger_seals
from ispbill.audit.services import seals
from ispbill.reports.queries import (
    cash_proofs,
    figure_proofs,
    guard_proofs,
    lifecycle_proofs,
    voucher_proofs,
)

# name → (what it means, SQL returning up to a few offending labels)
CHECKS: dict[str, tuple[str, str]] = {
    "entries_balance": (
        "Every journal entry sums to zero and has at least two postings",
        """SELECT 'entry ' || e.id FROM billing_journalentry e
           LEFT JOIN billing_posting p ON p.entry_id = e.id
           GROUP BY e.id HAVING coalesce(sum(p.amount), 1) <> 0 OR count(p.entry_id) < 2""",
    ),
    "postings_have_entries": (
        "Every posting belongs to an entry and an account that exist",
        """SELECT 'posting ' || p.entry_id || '/' || p.line_no FROM billing_posting p
           LEFT JOIN billing_journalentry e ON e.id = p.entry_id
           LEFT JOIN billing_account a ON a.code = p.account_id
           WHERE e.id IS NULL OR a.code IS NULL""",
    ),
    "balances_are_sums": (
        "Every balance and date on a customer's standing is what its rows say",
        f"""SELECT c.number || ': balance ' || t.balance_amount || ' should be ' || e.balance_amount
                   || ', oldest due ' || coalesce(t.oldest_due_date::text, '-') || ' should be '
                   || coalesce(e.oldest_due_date::text, '-') || ', next bill '
                   || coalesce(t.next_billing_date::text, '-') || ' should be '
                   || coalesce(e.next_billing_date::text, '-')
            FROM ({EXPECTED}) e
            JOIN customers_standing t ON t.customer_id = e.customer_id
            JOIN customers_customer c ON c.id = e.customer_id
            WHERE t.balance_amount <> e.balance_amount
               OR t.oldest_due_date IS DISTINCT FROM e.oldest_due_date
               OR t.next_billing_date IS DISTINCT FROM e.next_billing_date""",
    ),
    "customers_have_standings": (
        "Every customer has a standing",
        """SELECT c.number FROM customers_customer c
           LEFT JOIN customers_standing t ON t.customer_id = c.id WHERE t.customer_id IS NULL""",
    ),
    "invoices_are_their_lines": (
        "Every issued invoice is the sum of its lines",
        """SELECT coalesce(i.number, 'draft ' || i.id) FROM billing_invoice i
           LEFT JOIN (SELECT invoice_id, sum(net_amount) AS net, sum(tax_amount) AS tax
                      FROM billing_invoiceline GROUP BY invoice_id) l ON l.invoice_id = i.id
           WHERE i.status <> 'DRAFT' AND (l.net IS DISTINCT FROM i.subtotal_amount
                                          OR l.tax IS DISTINCT FROM i.tax_amount)""",
    ),
    "invoices_are_booked": (
        "Every issued invoice is in the books with its total",
        """SELECT i.number FROM billing_invoice i
           LEFT JOIN billing_journalentry e ON e.source_type = 'invoice' AND e.source_id = i.id
                AND e.kind = 'INVOICE'
           LEFT JOIN billing_posting p ON p.entry_id = e.id AND p.account_id = 1100
           WHERE i.status <> 'DRAFT' AND p.amount IS DISTINCT FROM i.total_amount""",
    ),
    "voids_are_reversed": (
        "Every void invoice is reversed in the books",
        """SELECT i.number FROM billing_invoice i
           JOIN billing_journalentry e ON e.source_type = 'invoice' AND e.source_id = i.id
                AND e.kind = 'INVOICE'
           LEFT JOIN billing_journalentry r ON r.reverses_id = e.id
           WHERE (i.status = 'VOID') <> (r.id IS NOT NULL)""",
    ),
    "days_billed_once": (
        "No day of a service is billed twice",
        """SELECT 'service ' || subscription_id || ': ' || lower(held) FROM (
               SELECT subscription_id, held, lag(upper(held)) OVER (
                          PARTITION BY subscription_id, item ORDER BY lower(held)) AS before
               FROM (SELECT subscription_id, item, coalesce(held_span, span) AS held
                     FROM billing_invoiceline WHERE is_live AND span IS NOT NULL) h
               WHERE NOT isempty(held)) l
           WHERE before > lower(held)""",
    ),
    "days_not_skipped": (
        "Billed days have no holes but those suspended without billing or voided by hand",
        """SELECT 'service ' || l.subscription_id || ': ' || l.before || ' to ' || lower(l.span)
           FROM (SELECT subscription_id, span,
                        lag(upper(span)) OVER (PARTITION BY subscription_id ORDER BY lower(span)) AS before
                 FROM (SELECT subscription_id, coalesce(held_span, span) AS span
                       FROM billing_invoiceline
                       WHERE is_live AND span IS NOT NULL AND item = 0) h
                 WHERE NOT isempty(span)) l
           JOIN customers_subscription s ON s.id = l.subscription_id
           WHERE l.before < lower(l.span) AND s.price_amount > 0
             AND NOT coalesce((SELECT range_agg(o.span) FROM (
                     SELECT p.span FROM customers_suspension p
                     WHERE p.subscription_id = l.subscription_id AND NOT p.is_billed
                     UNION ALL
                     SELECT b.span FROM payments_bridgeddays b
                     WHERE b.subscription_id = l.subscription_id) o)
                 @> daterange(l.before, lower(l.span)), false)
             AND NOT EXISTS (SELECT 1 FROM billing_invoiceline v
                             WHERE v.subscription_id = l.subscription_id AND NOT v.is_live
                               AND v.span && daterange(l.before, lower(l.span)))
             AND NOT EXISTS (SELECT 1 FROM billing_discount d  -- a period may be free altogether
                             WHERE d.subscription_id = l.subscription_id AND d.span @> l.before
                               AND (d.rate = 1 OR d.amount IS NOT NULL OR d.is_stackable))""",
    ),
    "schedules_follow_lines": (
        "No schedule stands before a day that is already billed",
        """SELECT 'service ' || h.subscription_id FROM billing_schedule h
           JOIN (SELECT subscription_id, max(upper(span)) AS upto FROM billing_invoiceline
                 WHERE is_live AND span IS NOT NULL GROUP BY subscription_id) l
                ON l.subscription_id = h.subscription_id
           WHERE h.billed_until IS NULL OR h.billed_until < l.upto""",
    ),
    "numbers_without_gaps": (
        "Invoice numbers of a year run from 1 without a gap",
        """SELECT 'INV-' || year || ': ' || count || ' numbers up to ' || highest FROM (
               SELECT split_part(number, '-', 2) AS year, count(*) AS count,
                      max(split_part(number, '-', 3)::bigint) AS highest
               FROM billing_invoice WHERE number IS NOT NULL GROUP BY 1) n
           WHERE count <> highest""",
    ),
    "receipts_without_gaps": (
        "Receipt numbers of a year run from 1 without a gap",
        """SELECT 'RCP-' || year || ': ' || count || ' numbers up to ' || highest FROM (
               SELECT split_part(receipt_number, '-', 2) AS year, count(*) AS count,
                      max(split_part(receipt_number, '-', 3)::bigint) AS highest
               FROM payments_payment WHERE receipt_number IS NOT NULL GROUP BY 1) n
           WHERE count <> highest""",
    ),
    "allocations_add_up": (
        "What payments pay and what invoices have received are the same",
        """SELECT 'payment ' || coalesce(p.receipt_number, p.id::text) FROM payments_payment p
           LEFT JOIN (SELECT payment_id, sum(amount) AS held FROM payments_allocation
                      WHERE released_at IS NULL GROUP BY payment_id) a ON a.payment_id = p.id
           WHERE p.allocated_amount <> coalesce(a.held, 0)
              OR p.allocated_amount + p.refunded_amount > p.amount
           UNION ALL
           SELECT 'invoice ' || i.number FROM billing_invoice i
           LEFT JOIN (SELECT invoice_id, sum(amount) AS held FROM payments_allocation
                      WHERE released_at IS NULL GROUP BY invoice_id) a ON a.invoice_id = i.id
           WHERE i.paid_amount <> coalesce(a.held, 0)""",
    ),
    "payments_are_booked": (
        "Every completed payment is in the books, every reversed one reversed",
        """SELECT coalesce(p.receipt_number, 'payment ' || p.id) FROM payments_payment p
           LEFT JOIN billing_journalentry e ON e.source_type = 'payment' AND e.source_id = p.id
                AND e.kind = 'PAYMENT'
           LEFT JOIN billing_posting x ON x.entry_id = e.id AND x.account_id = 1100
           LEFT JOIN billing_journalentry r ON r.reverses_id = e.id
           WHERE (p.status IN ('COMPLETED', 'REVERSED') AND x.amount IS DISTINCT FROM -p.amount)
              OR ((p.status = 'REVERSED') <> (r.id IS NOT NULL))""",
    ),
    "credit_notes_are_their_lines": (
        "Every credit note is the sum of its lines, all of its own invoice and customer",
        """SELECT n.number FROM billing_creditnote n
           LEFT JOIN (SELECT c.note_id, sum(c.net_amount) AS net, sum(c.tax_amount) AS tax,
                             min(l.invoice_id) AS low, max(l.invoice_id) AS high,
                             min(c.customer_id) AS first, max(c.customer_id) AS last
                      FROM billing_creditnoteline c JOIN billing_invoiceline l ON l.id = c.line_id
                      GROUP BY c.note_id) s ON s.note_id = n.id
           WHERE (n.net_amount, n.tax_amount, n.invoice_id, n.invoice_id, n.customer_id,
                  n.customer_id) IS DISTINCT FROM (s.net, s.tax, s.low, s.high, s.first, s.last)""",
    ),
    "credits_within_charges": (
        "No line is credited beyond what it charged, net and tax each",
        """SELECT i.number || ': ' || l.description FROM billing_invoiceline l
           JOIN billing_invoice i ON i.id = l.invoice_id
           JOIN billing_creditnoteline c ON c.line_id = l.id
           GROUP BY l.id, i.id
           HAVING sum(c.net_amount) NOT BETWEEN least(l.net_amount, 0) AND greatest(l.net_amount, 0)
               OR sum(c.tax_amount) NOT BETWEEN least(l.tax_amount, 0) AND greatest(l.tax_amount, 0)""",
    ),
    "credited_is_the_sum_of_notes": (
        "What is credited on an invoice is the sum of its credit notes, and of issued ones only",
        """SELECT coalesce(i.number, 'draft ' || i.id) FROM billing_invoice i
           LEFT JOIN (SELECT invoice_id, sum(total_amount) AS total FROM billing_creditnote
                      GROUP BY invoice_id) n ON n.invoice_id = i.id
           WHERE i.credited_amount <> coalesce(n.total, 0)
              OR (n.total IS NOT NULL AND i.status <> 'OPEN')""",
    ),
    "credit_notes_are_booked": (
        "Every credit note is in the books with its total, once",
        """SELECT n.number FROM billing_creditnote n
           LEFT JOIN billing_journalentry e ON e.source_type = 'credit_note' AND e.source_id = n.id
                AND e.kind = CASE n.kind WHEN 'WRITE_OFF' THEN 'WRITE_OFF' ELSE 'CREDIT_NOTE' END
           LEFT JOIN billing_posting p ON p.entry_id = e.id AND p.account_id = 1100
           WHERE p.amount IS DISTINCT FROM -n.total_amount""",
    ),
    "credit_notes_without_gaps": (
        "Credit note numbers of a year run from 1 without a gap",
        """SELECT 'CN-' || year || ': ' || count || ' numbers up to ' || highest FROM (
               SELECT split_part(number, '-', 2) AS year, count(*) AS count,
                      max(split_part(number, '-', 3)::bigint) AS highest
               FROM billing_creditnote GROUP BY 1) n
           WHERE count <> highest""",
    ),
    "refunds_add_up": (
        "What is refunded of payments is what refunds say, and never more than they were",
        """SELECT coalesce(p.receipt_number, 'payment ' || p.id) FROM payments_payment p
           LEFT JOIN (SELECT payment_id, sum(amount) AS amount FROM payments_refundpart
                      GROUP BY payment_id) r ON r.payment_id = p.id
           WHERE p.refunded_amount <> coalesce(r.amount, 0)
           UNION ALL
           SELECT f.number FROM payments_refund f
           LEFT JOIN (SELECT refund_id, sum(amount) AS amount FROM payments_refundpart
                      GROUP BY refund_id) r ON r.refund_id = f.id
           LEFT JOIN billing_journalentry e ON e.source_type = 'refund' AND e.source_id = f.id
           LEFT JOIN billing_posting x ON x.entry_id = e.id AND x.account_id = 1100
           WHERE r.amount IS DISTINCT FROM f.amount OR x.amount IS DISTINCT FROM f.amount""",
    ),
    "deposits_add_up": (
        "Deposits are the sum of their moves, never below zero, and what the books owe for them",
        """SELECT c.number FROM customers_customer c
           LEFT JOIN payments_deposit d ON d.customer_id = c.id
           LEFT JOIN (SELECT customer_id, sum(CASE WHEN kind IN ('TAKEN', 'PUT_BACK') THEN amount
                                                   ELSE -amount END) AS amount
                      FROM payments_depositmove GROUP BY customer_id) m ON m.customer_id = c.id
           WHERE coalesce(d.held_amount, 0) <> coalesce(m.amount, 0) OR d.held_amount < 0
           UNION ALL
           SELECT 'account 2300: ' || coalesce(b.amount, 0) FROM
               (SELECT sum(amount) AS amount FROM billing_posting WHERE account_id = 2300) b,
               (SELECT sum(held_amount) AS amount FROM payments_deposit) d
           WHERE coalesce(b.amount, 0) <> -coalesce(d.amount, 0)""",
    ),
    "money_out_without_gaps": (
        "Refund and deposit numbers of a year run from 1 without a gap",
        """SELECT series || '-' || year || ': ' || count || ' numbers up to ' || highest FROM (
               SELECT split_part(number, '-', 1) AS series, split_part(number, '-', 2) AS year,
                      count(*) AS count, max(split_part(number, '-', 3)::bigint) AS highest
               FROM (SELECT number FROM payments_refund UNION ALL
                     SELECT number FROM payments_depositmove) v GROUP BY 1, 2) n
           WHERE count <> highest""",
    ),
    "decided_by_somebody_else": (
        "No correction above a limit was approved by who asked for it",
        """SELECT 'approval ' || id FROM billing_approval WHERE decided_by_id = requested_by_id""",
    ),
    "paid_up_is_not_cut_off": (
        "Nobody who owes nothing is cut off for non-payment",
        """SELECT c.number FROM customers_suspension p
           JOIN customers_customer c ON c.id = p.customer_id
           JOIN customers_standing t ON t.customer_id = c.id
           WHERE p.ended_at IS NULL AND p.kind = 'NON_PAYMENT' AND t.balance_amount <= 0""",
    ),
    "suspended_has_a_span": (
        "A service is suspended exactly while a suspension runs",
        """SELECT s.connection_id FROM customers_subscription s
           LEFT JOIN customers_suspension p ON p.subscription_id = s.id AND p.ended_at IS NULL
           WHERE (s.status = 'SUSPENDED') <> (p.id IS NOT NULL)""",
    ),
    "state_changes_have_reasons": (
        "Every change of a service's state has an audit event with a reason",
        """SELECT 'event ' || id FROM audit_auditevent
           WHERE action IN ('subscription.activated', 'subscription.suspended',
                            'subscription.reactivated', 'subscription.cancelled')
             AND length(regexp_replace(reason, '\\s', '', 'g')) < 10""",
    ),
    "closed_months_are_unchanged": (
        "Every closed month holds the entries it was closed with, and no others",
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
        "The totals kept with the seals are what the sealed entries say",
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
        "Account 2400 holds what was billed ahead less what was given back and earned, by branch",
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
        "Every run that took revenue as earned is in the books with its amount",
        """SELECT r.as_of || ' of branch ' || r.branch_id FROM billing_recognition r
           LEFT JOIN billing_journalentry e ON e.source_type = 'recognition' AND e.source_id = r.id
                AND e.kind = 'RECOGNITION' AND e.branch_id = r.branch_id
           LEFT JOIN billing_posting p ON p.entry_id = e.id AND p.account_id = 2400
           WHERE e.id IS NULL OR coalesce(p.amount, 0) <> r.amount""",
    ),
    "lines_wanted_as_billed": (
        "What we want of each line is what the state of its service says",
        """SELECT a.username FROM network_access a
           JOIN customers_subscription s ON s.id = a.subscription_id
           WHERE (s.status = 'ACTIVE' AND a.wanted_state <> 'OPEN')
              OR (s.status = 'SUSPENDED' AND a.wanted_state = 'OPEN')
              OR (s.status = 'CANCELLED' AND a.wanted_state = 'OPEN')""",
    ),
}

# Of a business date: what should have been billed by now.
DATED_CHECKS: dict[str, tuple[str, str]] = {
    "active_days_are_billed": (
        "Every active service is billed up to this day",
        """SELECT s.connection_id || ': billed until ' || coalesce(h.billed_until::text, 'never')
           FROM customers_subscription s
           LEFT JOIN billing_schedule h ON h.subscription_id = s.id
           WHERE s.status = 'ACTIVE' AND s.mode = 'POSTPAID' AND s.activated_on < %(on)s
             AND (h.billed_until IS NULL OR h.billed_until < %(on)s)""",
    ),
}

CHECKS |= voucher_proofs.CHECKS | lifecycle_proofs.CHECKS | cash_proofs.CHECKS

_SHOWN = 20


@dataclass(frozen=True)
class Finding:
    """A broken promise: its name, what it means, how often, and the first few cases."""

    check: str
    meaning: str
    count: int
    examples: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Result:
    """How one proof went: `count` is what it found (0: it holds), `seconds` what it took."""

    check: str
    meaning: str
    count: int
    examples: list[str]
    seconds: float

    @property
    def finding(self) -> Finding:
        return Finding(self.check, self.meaning, self.count, self.examples)


def _broken_trail() -> list[str]:
    return seals.broken()


def _broken_journal() -> list[str]:
    return ledger_seals.broken()


# What is proven by more than one query, when a business date is given (they reckon all hashes).
CHAINS: dict[str, tuple[str, Callable[[], list[str]]]] = {
    "audit_trail_is_sealed": ("The audit trail is what was sealed", _broken_trail),
    "journal_is_sealed": ("The entries in the books are what was sealed", _broken_journal),
}


def names() -> dict[str, str]:
    """Return every proof with its meaning, in the order they are made."""
    queries = CHECKS | guard_proofs.CHECKS | DATED_CHECKS | figure_proofs.CHECKS
    meanings = {name: meaning for name, (meaning, _query) in queries.items()}
    return meanings | {name: meaning for name, (meaning, _find) in CHAINS.items()}


def run_all(*, on: date | None = None) -> Iterator[Result]:
    """Make every proof and yield how it went, one by one.

    With a business date `on`, also what should have been billed by that day, and the chains of
    the audit trail and of the journal.
    """
    checks = CHECKS | guard_proofs.CHECKS | (DATED_CHECKS if on is not None else {})
    for name, (meaning, query) in checks.items():
        begun = time.monotonic()
        dated = query.replace("%(on)s", f"date '{on:%Y-%m-%d}'") if on else query
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH wrong (label) AS ({dated})"
                " SELECT count(*), (array_agg(label))[1:%s] FROM wrong",
                [_SHOWN],
            )
            count, examples = cursor.fetchone()
        yield Result(name, meaning, count, list(examples or []), time.monotonic() - begun)
    begun = time.monotonic()
    for name, meaning, count, examples in figure_proofs.results(_SHOWN):
        yield Result(name, meaning, count, examples, time.monotonic() - begun)
        begun = time.monotonic()
    if on is None:
        return
    for name, (meaning, find) in CHAINS.items():
        begun = time.monotonic()
        broken = find()
        yield Result(name, meaning, len(broken), broken[:_SHOWN], time.monotonic() - begun)


def check_all(*, on: date | None = None) -> list[Finding]:
    """Run every check (see `run_all`); an empty list means the books hold."""
    return [result.finding for result in run_all(on=on) if result.count]
