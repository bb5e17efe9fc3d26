"""Which services a price change touches, by how much, and from which bill on; reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from billing.invoices.rules.periods import (
    Cycle,
    is_billing_date,
    next_billing_date,
    period_containing,
)
from billing.pricing.models import PriceChange
from billing.pricing.queries.outlook import run_date
from ispbill.core import statements

# Services sold from the list the price belongs to, that cost something else on its day. Whose
# reseller or branch has an own price in force is served by that one. `was` is the price by then:
# a step already planned, or the service's own. A contract that locks the price lets no increase by.
AFFECTED = """
    FROM customers_subscription s
    JOIN customers_customer c ON c.id = s.customer_id
    LEFT JOIN billing_schedule h ON h.subscription_id = s.id
    LEFT JOIN LATERAL (
        SELECT t.price_amount, t.gross_amount FROM billing_pricestep t
        WHERE t.subscription_id = s.id AND t.from_on <= %(on)s AND t.applied_on IS NULL
          AND t.change_id IS DISTINCT FROM %(change)s
        ORDER BY t.from_on DESC LIMIT 1) was ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(was.price_amount, s.price_amount) AS net,
               CASE WHEN was.price_amount IS NULL THEN s.gross_amount ELSE was.gross_amount END
                   AS gross) b
    WHERE s.package_id = %(package)s AND s.cycle = %(cycle)s AND s.status <> 'CANCELLED'
      AND (%(reseller)s::bigint IS NULL OR c.reseller_id = %(reseller)s::bigint)
      AND (%(branch)s::bigint IS NULL OR c.branch_id = %(branch)s::bigint)
      AND (%(reseller)s::bigint IS NOT NULL OR NOT EXISTS (
            SELECT FROM customers_packageprice p
            WHERE p.package_id = s.package_id AND p.cycle = s.cycle AND p.effective_from <= %(on)s
              AND (p.reseller_id = c.reseller_id
                   OR (%(branch)s::bigint IS NULL AND p.branch_id = c.branch_id))))
      AND NOT EXISTS (
            SELECT FROM billing_contractterms k
            WHERE k.subscription_id = s.id AND k.ended_on IS NULL
              AND k.price_locked_until > %(on)s AND %(net)s::numeric > b.net)
      AND (b.net, b.gross) IS DISTINCT FROM (%(net)s::numeric, %(gross)s::numeric)
"""
# A branch manager looks at the services of the branch alone, whatever the change touches.
_SEEN = "AND (%(seen)s::bigint IS NULL OR c.branch_id = %(seen)s::bigint)"


@dataclass(frozen=True)
class Touched:
    """A service whose price changes: net per cycle, and the start of the first period at it."""

    subscription_id: int
    connection_id: str
    number: str
    name: str
    status: str
    before: Decimal
    after: Decimal
    first_start: date | None  # none: it waits to be activated
    issued_on: date | None

    @property
    def jump(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True)
class Preview:
    """How many services change, their net a month before and after, and the largest jumps."""

    services: int
    monthly_before: Decimal
    monthly_after: Decimal
    largest: list[Touched]

    @property
    def monthly_change(self) -> Decimal:
        return self.monthly_after - self.monthly_before


def parameters(change: PriceChange) -> dict[str, Any]:
    """Return what the statements here need to know of a change."""
    return {
        "change": change.pk,
        "package": change.package_id,
        "cycle": change.cycle,
        "branch": change.branch_id,
        "reseller": change.reseller_id,
        "on": change.effective_from,
        "net": change.net_amount,
        "gross": change.gross_amount if change.includes_tax else None,
    }


def preview(change: PriceChange, *, seen: int | None = None, largest: int = 10) -> Preview:
    """Return what a change would do to the services there are now; `seen`: of one branch alone."""
    count, before = statements.first(
        f"SELECT count(*), coalesce(sum(b.net), 0) {AFFECTED} {_SEEN}",
        parameters(change) | {"seen": seen},
    )
    months = Cycle(change.cycle.lower()).months
    return Preview(
        services=count,
        monthly_before=(before / months).quantize(Decimal("0.01")),
        monthly_after=(change.net_amount * count / months).quantize(Decimal("0.01")),
        largest=list(
            _rows(change, "ORDER BY abs(%(net)s - b.net) DESC, s.id", limit=largest, seen=seen)
        ),
    )


def touched(
    change: PriceChange, *, after: int, size: int, seen: int | None = None
) -> list[Touched]:
    """Return a page of the services that change, by id, those after `after`; `seen`: a branch."""
    rest = "AND s.id > %(after)s ORDER BY s.id"
    return list(_rows(change, rest, limit=size, after=after, seen=seen))


def listed() -> QuerySet[PriceChange]:
    """Return all changes, the latest to take effect first."""
    return PriceChange.objects.select_related(
        "package", "branch", "reseller", "created_by"
    ).order_by("-effective_from", "-pk")


def first_bill(*, billed_until: date, billing_day: int, cycle: str, effective_from: date) -> date:
    """Return the start of the first period not billed yet that starts on or after a day."""
    start, kind = billed_until, Cycle(cycle.lower())
    while start < effective_from:
        if is_billing_date(start, billing_day):
            start = period_containing(start, billing_day, kind, start).end
        else:
            start = next_billing_date(start, billing_day)
    return start


def _rows(
    change: PriceChange, rest: str, *, limit: int, seen: int | None, after: int = 0
) -> Iterator[Touched]:
    rows = statements.read(
        "SELECT s.id, s.connection_id, c.number, c.name, s.status, b.net, h.billed_until,"
        f" s.billing_day {AFFECTED} {_SEEN} {rest} LIMIT %(limit)s",
        {**parameters(change), "limit": limit, "after": after, "seen": seen},
    )
    for pk, connection_id, number, name, status, before, billed_until, day in rows:
        start = issued = None
        if billed_until is not None:
            start = first_bill(
                billed_until=billed_until,
                billing_day=day,
                cycle=change.cycle,
                effective_from=change.effective_from,
            )
            issued = run_date(start)
        yield Touched(
            pk, connection_id, number, name, status, before, change.net_amount, start, issued
        )
