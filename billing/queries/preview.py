"""What a billing run would do, shown before it does it: planned by the run's own statement.

The plan is made in a transaction that is rolled back; nothing but short locks on schedules ever
leaves it.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from billing.queries import plan
from billing.queries.plan import Scope

_TOP = 10
_SHOWN = 200


@dataclass(frozen=True)
class Shown:
    """One service in the preview."""

    customer_number: str
    customer_name: str
    service: str
    start: date
    end: date
    net: Decimal
    tax: Decimal
    last_net: Decimal | None
    note: str = ""


@dataclass
class Preview:
    """Counts and sums of what would be billed, and the lists staff want to see first."""

    customers: int = 0
    invoices: int = 0
    lines: int = 0
    net: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    last_month_net: Decimal = Decimal(0)
    largest: list[Shown] = field(default_factory=list)
    prorated: list[Shown] = field(default_factory=list)
    changed: list[Shown] = field(default_factory=list)
    jumps: list[Shown] = field(default_factory=list)
    zero: list[Shown] = field(default_factory=list)
    no_router: list[Shown] = field(default_factory=list)
    no_phone: list[Shown] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        return self.net + self.tax


_ROWS = """
    SELECT c.number, c.name, s.connection_id, p.start_on, p.end_on, p.net, p.tax, l.net_amount
    FROM billing_plan p
    JOIN customers_customer c ON c.id = p.customer_id
    JOIN customers_subscription s ON s.id = p.subscription_id
    LEFT JOIN LATERAL (
        SELECT net_amount FROM billing_invoiceline
        WHERE subscription_id = p.subscription_id AND is_live AND span IS NOT NULL
          AND span && daterange(p.start_on - 400, p.start_on)
        ORDER BY lower(span) DESC LIMIT 1) l ON true
    LEFT JOIN network_access a ON a.subscription_id = p.subscription_id
"""

_LISTS = {
    "prorated": "NOT p.whole",
    "changed": "p.whole AND l.net_amount IS NOT NULL AND l.net_amount <> p.net",
    "jumps": "l.net_amount IS NOT NULL AND p.net > l.net_amount * 1.5",
    "zero": "p.price = 0",
    "no_router": "a.id IS NULL",
    "no_phone": "c.phone = ''",
}

_SUMS = """
    SELECT (SELECT count(DISTINCT customer_id) FROM billing_plan),
           (SELECT count(*) FROM billing_plan_invoice),
           count(*), coalesce(sum(p.net), 0), coalesce(sum(p.tax), 0),
           coalesce((SELECT sum(l.net_amount) FROM billing_invoiceline l
                     JOIN billing_plan q ON q.subscription_id = l.subscription_id
                          AND upper(l.span) = q.start_on
                     WHERE l.is_live), 0)
    FROM billing_plan p
"""


def preview(scope: Scope, *, issued_on: date) -> Preview:
    """Return what a run of this scope would bill now (the first period of each service due)."""
    with transaction.atomic():
        plan.make(scope, issued_on=issued_on, after=0, upto=2**62)
        shown = Preview()
        with connection.cursor() as cursor:
            cursor.execute(_SUMS)
            row = cursor.fetchone()
            shown.customers, shown.invoices, shown.lines = row[0], row[1], row[2]
            shown.net, shown.tax, shown.last_month_net = row[3], row[4], row[5]
            cursor.execute(_ROWS + f" ORDER BY p.net DESC, p.subscription_id LIMIT {_TOP}")
            shown.largest = [Shown(*values) for values in cursor.fetchall()]
            for name, condition in _LISTS.items():
                cursor.execute(
                    f"SELECT *, count(*) OVER () FROM ({_ROWS} WHERE {condition}) x"  # noqa: S608
                    f" ORDER BY 1 LIMIT {_SHOWN}"
                )
                rows = cursor.fetchall()
                shown.counts[name] = rows[0][-1] if rows else 0
                setattr(shown, name, [Shown(*values[:-1]) for values in rows])
        transaction.set_rollback(True)
    return shown


def as_dict(shown: Preview) -> dict[str, Any]:
    """Return the preview's sums and counts as plain values, for JSON."""
    return {
        "customers": shown.customers,
        "invoices": shown.invoices,
        "lines": shown.lines,
        "net": str(shown.net),
        "tax": str(shown.tax),
        "total": str(shown.total),
        "last_period_net": str(shown.last_month_net),
        "warnings": shown.counts,
    }
