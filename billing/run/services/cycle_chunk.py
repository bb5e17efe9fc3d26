"""Write one planned chunk of a billing run: a handful of statements, whatever its size.

Order (docs/adr/0002-ledger-guards.md): lines, schedules, journal with the account states, and the
invoices with their numbers last, so that the counter row is locked for as short as can be. The
lines' foreign key to their invoices is deferred; every other guard of the books works on these
statements as on any other.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from billing.ledger.rules.chart import Chart
from billing.ledger.services import ledger
from ispbill.core import faults, statements
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.core.services import numbering

LINES = """
    INSERT INTO billing_invoiceline (invoice_id, customer_id, subscription_id, item, kind, description,
        span, is_live, quantity, unit_amount, discount_amount, net_amount, tax_rate, tax_amount,
        account_id, explanation)
    SELECT i.invoice_id, p.customer_id, p.subscription_id, p.item, p.kind, left(p.description, 160),
           daterange(p.start_on, p.end_on), true, 1, p.unit, p.discount, p.net, p.tax_rate, p.tax,
           p.account, p.explanation
    FROM billing_plan p
    JOIN billing_plan_invoice i ON i.customer_id = p.customer_id AND i.due_date = p.due_date
    ORDER BY p.subscription_id, p.item, p.start_on
"""

# Entries and their postings in one statement, which is what no `first_line` says: that each entry
# has its postings is then looked up at once for all of them, and not one by one at the commit.
BOOKS = """
    WITH entries AS (
        INSERT INTO billing_journalentry (id, kind, source_type, source_id, posted_on, at, branch_id,
            customer_id, memo, actor_id, first_line)
        SELECT entry_id, 'INVOICE', 'invoice', invoice_id, %(posted_on)s, %(at)s, branch_id,
               customer_id, '', %(actor)s, NULL
        FROM billing_plan_invoice ORDER BY place
    )
    INSERT INTO billing_posting (entry_id, line_no, account_id, customer_id, amount)
    SELECT entry_id, 1 AS line_no, %(receivable)s, customer_id, net + tax FROM billing_plan_invoice
    UNION ALL
    SELECT entry_id, 2, %(revenue)s, NULL, -internet FROM billing_plan_invoice WHERE internet <> 0
    UNION ALL
    SELECT entry_id, 3, %(addons)s, NULL, -addons FROM billing_plan_invoice WHERE addons <> 0
    UNION ALL
    SELECT entry_id, 4, %(deferred)s, NULL, -deferred FROM billing_plan_invoice WHERE deferred <> 0
    UNION ALL
    SELECT entry_id, 5, %(tax_payable)s, NULL, -tax FROM billing_plan_invoice WHERE tax <> 0
    ORDER BY entry_id, line_no
"""

SCHEDULES = """
    UPDATE billing_schedule h SET billed_until = p.end_on
    FROM (SELECT subscription_id, max(end_on) AS end_on FROM billing_plan GROUP BY subscription_id) p
    WHERE h.subscription_id = p.subscription_id
      AND h.customer_id BETWEEN %(first_customer)s AND %(last_customer)s
"""

# What is planned and comes to no bill is free: said, so that no day is without an account.
FREE_DAYS = """
    INSERT INTO billing_dayexception (subscription_id, customer_id, kind, span, reason, at, by_id)
    SELECT p.subscription_id, p.customer_id, 'FREE', daterange(p.start_on, p.end_on), '', %(at)s,
           %(actor)s
    FROM billing_plan p
    WHERE p.item = 0 AND NOT EXISTS (
        SELECT FROM billing_plan_invoice i
        WHERE i.customer_id = p.customer_id AND i.due_date = p.due_date)
"""

# A step of the price becomes the service's own price with the first period billed by it.
STEPS = """
    WITH taken AS (
        UPDATE billing_pricestep t SET applied_on = %(issued_on)s
        FROM (SELECT subscription_id, max(start_on) AS start_on FROM billing_plan
              WHERE step_id IS NOT NULL GROUP BY subscription_id) p
        WHERE t.subscription_id = p.subscription_id AND t.from_on <= p.start_on
          AND t.applied_on IS NULL
    )
    UPDATE customers_subscription s SET price_amount = t.price_amount, gross_amount = t.gross_amount
    FROM billing_plan p JOIN billing_pricestep t ON t.id = p.step_id
    WHERE s.id = p.subscription_id
"""

# What follows from bills and schedules on a customer's account state. The trigger that moves the balances
# takes it along (`move_customer_balances`): an account state has two indexes on what changes, and would
# pay for them twice.
DATES = """
    CREATE TEMPORARY TABLE billing_new_dates ON COMMIT DROP AS
    SELECT p.customer_id, n.next_on, p.due_date
    FROM (SELECT p.customer_id, min(i.due_date) AS due_date
          FROM billing_plan p
          LEFT JOIN billing_plan_invoice i ON i.customer_id = p.customer_id AND i.due_date = p.due_date
          GROUP BY p.customer_id) p
    JOIN (SELECT h.customer_id, min(h.billed_until) AS next_on
          FROM billing_schedule h
          JOIN customers_subscription s ON s.id = h.subscription_id AND s.status <> 'CANCELLED'
          WHERE h.customer_id BETWEEN %(first_customer)s AND %(last_customer)s
            AND s.customer_id BETWEEN %(first_customer)s AND %(last_customer)s
          GROUP BY h.customer_id) n ON n.customer_id = p.customer_id
"""

# The same for a plan without a bill.
ACCOUNT_STATES = """
    UPDATE customers_accountstate t
    SET next_billing_date = d.next_on, oldest_due_date = least(t.oldest_due_date, d.due_date)
    FROM billing_new_dates d WHERE t.customer_id = d.customer_id
"""

INVOICES = """
    INSERT INTO billing_invoice (id, number, customer_id, branch_id, run_id, kind, status, issued_on,
        due_date, issued_at, currency, language, subtotal_amount, tax_amount, total_amount, paid_amount,
        credited_amount, seller_id, buyer, void_reason)
    SELECT i.invoice_id,
           'INV-' || %(year)s || '-' || lpad((%(first)s + i.place)::text,
                greatest(5, length((%(first)s + i.place)::text)), '0'),
           i.customer_id, i.branch_id, %(run)s, %(kind)s, 'OPEN', %(issued_on)s, i.due_date, %(at)s,
           %(currency)s, c.language, i.net, i.tax, i.net + i.tax, 0, 0, %(seller)s,
           jsonb_object('{name, local_name, number, phone, address, area}',
                        ARRAY[c.name::text, c.local_name, c.number, c.phone, c.address, a.name]),
           ''
    FROM billing_plan_invoice i
    JOIN customers_customer c ON c.id = i.customer_id
         AND c.id BETWEEN %(first_customer)s AND %(last_customer)s
    JOIN customers_area a ON a.id = c.area_id
    ORDER BY i.place
"""

# With the first and the last customer of the plan, so that a chunk reads a stretch of the tables it
# writes and not all of them.
SUMS = """
    SELECT count(*), coalesce(sum(lines), 0)::bigint, coalesce(sum(net), 0), coalesce(sum(tax), 0),
           (SELECT count(DISTINCT customer_id) FROM billing_plan),
           (SELECT count(DISTINCT p.subscription_id) FROM billing_plan p WHERE NOT EXISTS (
                SELECT 1 FROM billing_plan_invoice i
                WHERE i.customer_id = p.customer_id AND i.due_date = p.due_date)),
           (SELECT min(customer_id) FROM billing_plan), (SELECT max(customer_id) FROM billing_plan)
    FROM billing_plan_invoice
"""


@dataclass(frozen=True)
class Written:
    """What a chunk came to. Amounts in the company's currency."""

    invoices: int = 0
    lines: int = 0
    net: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    customers: int = 0
    free_services: int = 0  # price zero: the period moves on without a bill

    def __add__(self, other: "Written") -> "Written":
        return Written(
            self.invoices + other.invoices,
            self.lines + other.lines,
            self.net + other.net,
            self.tax + other.tax,
            self.customers + other.customers,
            self.free_services + other.free_services,
        )


def write(
    *, run_id: int | None, seller_id: int, issued_on: date, act: Act, kind: str = "RECURRING"
) -> Written:
    """Write the plan of this transaction as issued invoices; return what it came to.

    `kind` is FIRST for the first bills of services activated in bulk.
    """
    *sums, first_customer, last_customer = statements.first(SUMS)
    written = Written(*sums)
    values = {
        "first_customer": first_customer,
        "last_customer": last_customer,
        "run": run_id,
        "kind": kind,
        "seller": seller_id,
        "issued_on": issued_on,
        "posted_on": ledger.open_day(issued_on),
        "at": act.at,
        "year": issued_on.year,
        "actor": act.actor.pk if act.actor is not None else None,
        "currency": Company.current().currency,
        "receivable": int(Chart.RECEIVABLE),
        "revenue": int(Chart.INTERNET_REVENUE),
        "addons": int(Chart.ADDON_REVENUE),
        "deferred": int(Chart.DEFERRED_REVENUE),
        "tax_payable": int(Chart.TAX_PAYABLE),
    }
    with connection.cursor() as cursor:
        if written.invoices:
            cursor.execute(LINES, values)
            faults.point("billing.chunk.after_lines")
        cursor.execute(SCHEDULES, values)
        cursor.execute(DATES, values)
        cursor.execute(BOOKS if written.invoices else ACCOUNT_STATES, values)
        cursor.execute("DROP TABLE billing_new_dates")
        cursor.execute(STEPS, values)
        if written.free_services:
            cursor.execute(FREE_DAYS, values)
        if written.invoices:
            faults.point("billing.chunk.after_postings")
            first = numbering.take(series="INV", year=issued_on.year, count=written.invoices)
            cursor.execute(INVOICES, {**values, "first": first})
    faults.point("billing.chunk.before_commit")
    return written
