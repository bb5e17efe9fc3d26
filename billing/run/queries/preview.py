"""What a billing run would do, shown before it does it: planned by the run's own statement.

The plan is made in a transaction that is rolled back and locks nothing but the schedules of
services that are more than one period behind.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from billing.run.queries import plan
from billing.run.queries.plan import Scope
from billing.run.queries.plan_statement import HOLD
from ispbill.core import statements
from ispbill.core.models import Company

_TOP = 10
_SHOWN = 50


@dataclass(frozen=True)
class Shown:
    """One service in the preview: the line its customer would get."""

    customer_number: str
    customer_name: str
    service: str
    description: str
    start: date
    end: date
    due_date: date
    price: Decimal
    net: Decimal
    tax: Decimal
    tax_rate: Decimal
    last_net: Decimal | None
    last_price: Decimal | None
    explanation: dict[str, Any]

    @property
    def total(self) -> Decimal:
        return self.net + self.tax


@dataclass(frozen=True)
class ServiceOnHold:
    """A service that is, or would be, left out because it would get too many periods at once."""

    subscription_id: int
    customer_number: str
    customer_name: str
    service: str
    billed_until: date
    periods: int


@dataclass
class Preview:
    """Counts and sums of what would be billed, and the lists staff want to see first.

    `lines` are those that would stand on an invoice; `free_services` only move on.
    """

    customers: int = 0
    invoices: int = 0
    lines: int = 0
    free_services: int = 0
    net: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    last_period_net: Decimal = Decimal(0)
    largest: list[Shown] = field(default_factory=list)
    lists: dict[str, list[Shown]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    on_hold: list[ServiceOnHold] = field(default_factory=list)  # the first of them
    on_hold_count: int = 0
    # By customer, when asked for: the digest of what would be billed, and its sum with tax.
    digests: list[tuple[int, str]] = field(default_factory=list)
    totals: dict[int, Decimal] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        return self.net + self.tax

    @property
    def change(self) -> Decimal:
        """Net amount above (or below) what the same services were billed for the period before."""
        return self.net - self.last_period_net


# The line before, by the day it ends on: from the books for what is billed first, from the
# preview itself for a service that is several periods behind.
_FIRST = """
    CREATE TEMPORARY TABLE billing_preview ON COMMIT DROP AS
    SELECT p.*, i.customer_id IS NOT NULL AS is_invoiced, l.net_amount AS last_net,
           (l.explanation ->> 'price')::numeric AS last_price
    FROM billing_plan p
    LEFT JOIN billing_plan_invoice i USING (customer_id, due_date)
    LEFT JOIN billing_invoiceline l ON l.subscription_id = p.subscription_id AND l.item = p.item
         AND l.is_live AND upper(l.span) = p.start_on
"""

_LATER = """
    INSERT INTO billing_preview
    SELECT p.*, i.customer_id IS NOT NULL, l.net, l.price
    FROM billing_plan p
    LEFT JOIN billing_plan_invoice i USING (customer_id, due_date)
    LEFT JOIN billing_preview l ON l.subscription_id = p.subscription_id AND l.item = p.item
         AND l.end_on = p.start_on
"""

_BEHIND = """
    UPDATE billing_schedule h SET billed_until = p.end_on
    FROM (SELECT subscription_id, max(end_on) AS end_on FROM billing_plan
          GROUP BY subscription_id HAVING max(end_on) <= %s) p
    WHERE h.subscription_id = p.subscription_id
    RETURNING h.subscription_id
"""

_LISTS = {
    "prorated": "NOT p.whole",
    "changed": "p.last_price <> p.price",
    "jumps": "p.net > p.last_price * 1.5",
    "zero": "p.net = 0",
    "no_router": "NOT EXISTS (SELECT 1 FROM network_access a"
    " WHERE a.subscription_id = p.subscription_id)",
    "no_phone": "EXISTS (SELECT 1 FROM customers_customer c"
    " WHERE c.id = p.customer_id AND c.phone = '')",
}

_SUMS = """
    SELECT count(DISTINCT customer_id), count(*) FILTER (WHERE is_invoiced),
           count(DISTINCT subscription_id) FILTER (WHERE NOT is_invoiced),
           coalesce(sum(net), 0), coalesce(sum(tax), 0), coalesce(sum(last_net), 0)
    FROM billing_preview
"""

_ROWS = """
    SELECT c.number, c.name, s.connection_id, p.description, p.start_on, p.end_on, p.due_date,
           p.price, p.net, p.tax, p.tax_rate, p.last_net, p.last_price, p.explanation
    FROM ({picked}) p
    JOIN customers_customer c ON c.id = p.customer_id
    JOIN customers_subscription s ON s.id = p.subscription_id
    ORDER BY {order}
"""


# What a customer would get, in 32 letters; `billing.run.services.dry_runs` reckons the same from
# the lines a run has written.
_DIGESTS = """
    SELECT customer_id,
           md5(string_agg(concat_ws('|', subscription_id, item, start_on, end_on, unit, discount,
               net, tax_rate, tax, due_date), ';' ORDER BY subscription_id, item, start_on)),
           sum(net + tax)
    FROM billing_preview WHERE is_invoiced GROUP BY customer_id ORDER BY customer_id
"""


_ON_HOLD = """
    SELECT h.subscription_id, c.number, c.name, s.connection_id, h.billed_until, h.held_periods
    FROM billing_schedule h
    JOIN customers_subscription s ON s.id = h.subscription_id
    JOIN customers_customer c ON c.id = h.customer_id
    WHERE h.held_at IS NOT NULL AND s.status <> 'CANCELLED' AND {condition}
    ORDER BY h.billed_until, h.subscription_id
"""


def preview(scope: Scope, *, issued_on: date, with_digests: bool = False) -> Preview:
    """Return what a run of this scope would bill on the company date `issued_on`; writes nothing.

    Every period a service is behind is in it, as the run would bill them.
    """
    shown = Preview()
    with transaction.atomic():
        _set_aside(shown, scope, issued_on)
        shown.invoices = _plan_all(scope, issued_on)
        with connection.cursor() as cursor:
            cursor.execute(_SUMS)
            (
                shown.customers,
                shown.lines,
                shown.free_services,
                shown.net,
                shown.tax,
                shown.last_period_net,
            ) = cursor.fetchone()
            counted = ", ".join(f"count(*) FILTER (WHERE {one})" for one in _LISTS.values())
            cursor.execute(f"SELECT {counted} FROM billing_preview p")  # noqa: S608 - constants above
            shown.counts = dict(zip(_LISTS, cursor.fetchone(), strict=True))
            shown.largest = _rows(cursor, "true", "p.net DESC, p.subscription_id, p.start_on", _TOP)
            for name, condition in _LISTS.items():
                if shown.counts[name]:
                    shown.lists[name] = _rows(
                        cursor, condition, "p.subscription_id, p.start_on", _SHOWN
                    )
            if with_digests:
                cursor.execute(_DIGESTS)
                rows = cursor.fetchall()
                shown.digests = [(pk, digest) for pk, digest, _total in rows]
                shown.totals = {pk: total for pk, _digest, total in rows}
        transaction.set_rollback(True)
    return shown


def as_dict(shown: Preview) -> dict[str, Any]:
    """Return the preview's sums and counts as plain values, for JSON."""
    return {
        "customers": shown.customers,
        "invoices": shown.invoices,
        "lines": shown.lines,
        "free_services": shown.free_services,
        "net": str(shown.net),
        "tax": str(shown.tax),
        "total": str(shown.total),
        "last_period_net": str(shown.last_period_net),
        "warnings": shown.counts,
        "on_hold": shown.on_hold_count,
    }


def on_hold() -> list[ServiceOnHold]:
    """Return the services that are on hold now, the longest first."""
    return [ServiceOnHold(*row) for row in statements.read(_ON_HOLD.format(condition="true"))]


def _set_aside(shown: Preview, scope: Scope, issued_on: date) -> None:
    """Put on hold, for the time of this transaction, what the run would."""
    values = {
        **plan.parameters(scope),
        "after": 0,
        "upto": plan.EVERYBODY,
        "at": datetime.combine(issued_on, time(), UTC),
        "limit": Company.current().max_periods_a_run,
    }
    with connection.cursor() as cursor:
        cursor.execute(HOLD, values)
        cursor.execute(_ON_HOLD.format(condition="h.billed_until <= %s"), [scope.horizon])
        rows = cursor.fetchall()
    shown.on_hold_count = len(rows)
    shown.on_hold = [ServiceOnHold(*row) for row in rows[:_SHOWN]]


def _plan_all(scope: Scope, issued_on: date) -> int:
    """Plan into `billing_preview` what the run would bill, pass by pass; return the invoices."""
    only: Sequence[int] | None = None
    invoices = 0
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS billing_preview")
        while True:
            plan.make(scope, issued_on=issued_on, after=0, upto=2**62, only=only, is_locked=False)
            cursor.execute(_FIRST if only is None else _LATER)
            cursor.execute("SELECT count(*) FROM billing_plan_invoice")
            invoices += int(cursor.fetchone()[0])
            cursor.execute(_BEHIND, [scope.horizon])
            only = [row[0] for row in cursor.fetchall()]
            if not only:
                cursor.execute("ANALYZE billing_preview (subscription_id, customer_id)")
                return invoices


def _rows(cursor: Any, condition: str, order: str, limit: int) -> list[Shown]:
    picked = f"SELECT * FROM billing_preview p WHERE {condition} ORDER BY {order} LIMIT {limit}"  # noqa: S608 - constants above
    cursor.execute(_ROWS.format(picked=picked, order=order))
    return [Shown(*(*row[:-1], json.loads(row[-1]))) for row in cursor.fetchall()]
