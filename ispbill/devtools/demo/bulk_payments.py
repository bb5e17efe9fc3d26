"""Settle many payments at once, with the same books as `billing.receivables.services.settlement`
makes.

A test compares the two on a sample. What differs is only the way: money and debts of a customer
are laid end to end on a line each, and where the two overlap is an allocation.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from billing.allocation.rules.accounts import ACCOUNT_OF
from ispbill.audit.services import trail
from ispbill.core import statements
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.core.services import numbering

CHUNK = 50_000

# What to settle: rows of a window, in the order they were received. `mistake` names the reason of
# a payment that was entered twice by mistake and reversed within the hour.
CREATE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS demo_intent (
        id bigint GENERATED ALWAYS AS IDENTITY, customer_id bigint NOT NULL,
        received_at timestamptz NOT NULL, amount numeric(14,2) NOT NULL, method text NOT NULL,
        reference text NOT NULL DEFAULT '', received_by_id bigint, received_by_name text,
        key text NOT NULL, mistake text NOT NULL DEFAULT '')
"""

PLACE = """
    CREATE TEMPORARY TABLE demo_settling ON COMMIT DROP AS
    SELECT q.*, nextval('billing_payment_id_seq') AS payment_id,
           nextval('billing_journalentry_id_seq') AS entry_id,
           CASE WHEN q.mistake <> '' THEN nextval('billing_journalentry_id_seq') END AS undo_id,
           row_number() OVER (PARTITION BY q.year ORDER BY q.place) - 1 AS number
    FROM (SELECT w.*, c.branch_id, (w.received_at AT TIME ZONE %(zone)s)::date AS posted_on,
                 extract(year FROM w.received_at AT TIME ZONE %(zone)s)::int AS year,
                 row_number() OVER (ORDER BY w.received_at, w.id) AS place
          FROM (SELECT * FROM demo_intent WHERE received_at < %(until)s
                ORDER BY received_at, id LIMIT %(chunk)s) w
          JOIN customers_customer c ON c.id = w.customer_id
          ORDER BY place) q
"""
TAKEN = "DELETE FROM demo_intent i USING demo_settling s WHERE i.id = s.id"

PAYMENTS = """
    INSERT INTO billing_payment (id, receipt_number, customer_id, branch_id, amount,
        allocated_amount, currency, method, status, reference, received_by_id, received_at,
        posted_on, idempotency_key, note, reversal_reason)
    SELECT payment_id, 'RCP-' || year || '-' || lpad((%(first)s + number)::text,
               greatest(5, length((%(first)s + number)::text)), '0'),
           customer_id, branch_id, amount, 0, %(currency)s, method, 'COMPLETED', reference,
           received_by_id, received_at, posted_on, key, '', ''
    FROM demo_settling WHERE year = %(year)s ORDER BY place
"""

ENTRIES = """
    INSERT INTO billing_journalentry (id, kind, source_type, source_id, posted_on, at, branch_id,
        customer_id, memo, actor_id, reverses_id, first_line)
    SELECT entry_id, 'PAYMENT', 'payment', payment_id, posted_on, received_at, branch_id,
           customer_id, left(concat_ws(' ', method, nullif(reference, '')), 160), received_by_id,
           NULL, 1
    FROM demo_settling
    UNION ALL
    SELECT undo_id, 'REVERSAL', 'payment', payment_id, posted_on, received_at + %(undone)s,
           branch_id, customer_id, left(mistake, 160), received_by_id, entry_id, 1
    FROM demo_settling WHERE undo_id IS NOT NULL
    ORDER BY 1
"""

POSTINGS = """
    INSERT INTO billing_posting (entry_id, line_no, account_id, customer_id, amount)
    SELECT e.entry_id, v.line_no, v.account_id, v.customer_id, v.amount * e.sign
    FROM (SELECT entry_id, customer_id, method, amount, 1 AS sign FROM demo_settling
          UNION ALL
          SELECT undo_id, customer_id, method, amount, -1 FROM demo_settling
          WHERE undo_id IS NOT NULL) e
    JOIN jsonb_each_text(%(accounts)s::jsonb) AS a (method, account) USING (method)
    CROSS JOIN LATERAL (VALUES
        (1, a.account::int, NULL::bigint, e.amount),
        (2, 1100, e.customer_id, -e.amount)
    ) AS v (line_no, account_id, customer_id, amount)
    ORDER BY e.entry_id, v.line_no
"""

UNDO = """
    UPDATE billing_payment p
    SET status = 'REVERSED', reversed_at = p.received_at + %(undone)s,
        reversed_by_id = p.received_by_id, reversal_reason = s.mistake
    FROM demo_settling s WHERE p.id = s.payment_id AND s.mistake <> ''
"""

# Money in the order it came and debts in the order they fell due, each as stretches of one line
# per customer; where a stretch of money lies over a stretch of debt, the one pays the other.
SPREAD = """
    INSERT INTO billing_allocation (payment_id, invoice_id, customer_id, amount, at)
    SELECT m.id, d.id, m.customer_id, least(m.upto, d.upto) - greatest(m.start, d.start),
           greatest(m.received_at, d.issued_at)
    FROM (SELECT id, customer_id, received_at, upto, upto - free AS start FROM (
              SELECT id, customer_id, received_at,
                     amount - allocated_amount - refunded_amount AS free,
                     sum(amount - allocated_amount - refunded_amount) OVER (
                         PARTITION BY customer_id ORDER BY received_at, id) AS upto
              FROM billing_payment
              WHERE status = 'COMPLETED'
                AND amount > allocated_amount + refunded_amount {money}) q) m
    JOIN (SELECT id, customer_id, issued_at, upto, upto - amount_due AS start FROM (
              SELECT id, customer_id, issued_at, amount_due,
                     sum(amount_due) OVER (PARTITION BY customer_id ORDER BY due_date, id) AS upto
              FROM billing_invoice WHERE status = 'OPEN' AND amount_due > 0 {debts}) q) d
      ON d.customer_id = m.customer_id AND m.start < d.upto AND d.start < m.upto
    ORDER BY m.customer_id, m.start, d.start
"""
OF_WINDOW = "AND customer_id IN (SELECT customer_id FROM demo_settling)"

EVENTS = """
    INSERT INTO audit_auditevent (at, actor_id, actor_name, acting_as, action, target_type,
        target_id, target_label, customer_id, branch_id, reason, before, after, request_id)
    SELECT s.received_at, s.received_by_id, coalesce(s.received_by_name, 'system'), '',
        'payment.recorded', 'payment', s.payment_id::text, p.receipt_number, s.customer_id,
        s.branch_id, '', NULL,
        jsonb_build_object('amount', s.amount::text, 'method', s.method, 'reference', s.reference,
            'allocated', p.allocated_amount::text, 'invoices', (
                SELECT count(*) FROM billing_allocation a WHERE a.payment_id = s.payment_id),
            'reactivated', 0), ''
    FROM demo_settling s JOIN billing_payment p ON p.id = s.payment_id
    UNION ALL
    SELECT s.received_at + %(undone)s, s.received_by_id, coalesce(s.received_by_name, 'system'), '',
        'payment.reversed', 'payment', s.payment_id::text, p.receipt_number, s.customer_id,
        s.branch_id, s.mistake, '{"status": "COMPLETED", "invoices": 0}'::jsonb,
        jsonb_build_object('status', 'REVERSED', 'amount', s.amount::text), ''
    FROM demo_settling s JOIN billing_payment p ON p.id = s.payment_id WHERE s.mistake <> ''
    ORDER BY 1
"""


@dataclass(frozen=True)
class Settled:
    """How much a call has written."""

    payments: int = 0
    allocations: int = 0


def prepare() -> None:
    """Make the table of intended payments for this connection."""
    statements.run(CREATE)


def settle(*, until: datetime) -> Settled:
    """Settle the intended payments received before `until`, oldest first.

    They are recorded, numbered, booked, spread over open invoices and noted in the trail. The
    account states' dates are not refreshed: whoever writes history does that once at its end.
    """
    payments = allocations = 0
    done = Settled(payments=CHUNK)
    while done.payments == CHUNK:
        with transaction.atomic():
            trail.begin(act=Act(None, until))
            done = _settle_chunk(until)
        payments, allocations = payments + done.payments, allocations + done.allocations
    return Settled(payments, allocations)


def spend_credit() -> int:
    """Let what is left of payments pay open invoices; return how many allocations that makes."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SPREAD.format(money="", debts=""))
        return int(cursor.rowcount)


def _settle_chunk(until: datetime) -> Settled:
    company = Company.current()
    values: dict[str, Any] = {
        "until": until,
        "chunk": CHUNK,
        "zone": company.time_zone,
        "currency": company.currency,
        "undone": "25 minutes",
        "accounts": _accounts(),
    }
    with connection.cursor() as cursor:
        cursor.execute(PLACE, values)
        payments = int(cursor.rowcount)
        if not payments:
            return Settled()
        cursor.execute("SELECT year, count(*) FROM demo_settling GROUP BY year ORDER BY year")
        for year, count in cursor.fetchall():
            first = numbering.take(series="RCP", year=year, count=count)
            cursor.execute(PAYMENTS, {**values, "first": first, "year": year})
        cursor.execute(ENTRIES, values)
        cursor.execute(POSTINGS, values)
        cursor.execute(UNDO, values)
        cursor.execute(SPREAD.format(money=OF_WINDOW, debts=OF_WINDOW))
        allocations = int(cursor.rowcount)
        cursor.execute(EVENTS, values)
        cursor.execute(TAKEN)
        cursor.execute("DROP TABLE demo_settling")
    return Settled(payments, allocations)


def _accounts() -> str:
    pairs = ", ".join(f'"{method}": {int(account)}' for method, account in ACCOUNT_OF.items())
    return "{" + pairs + "}"
