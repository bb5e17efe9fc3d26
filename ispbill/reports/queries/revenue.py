"""Recurring revenue for the dashboard: the built figures, plus what changed since.

How it is reckoned is told in docs/algorithms/mrr.md. Each answer is a handful of short queries
whatever the size of the company.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.cache import cache

from ispbill.reports.models import FigureState
from ispbill.reports.queries import asking, figures, live
from ispbill.reports.queries.live import Change
from ispbill.reports.queries.scope import Scope
from ispbill.reports.rules.months import first_of

_KEPT_SECONDS = 600

_ACCOUNT_STATE = """
    SELECT area_id, sum(services), sum(customers), sum(paused_services), sum(monthly_amount)
    FROM reports_monthfigure
    WHERE month = %(month)s AND (%(branch)s::int IS NULL OR branch_id = %(branch)s)
    GROUP BY area_id
"""


@dataclass(frozen=True)
class Recurring:
    """The monthly revenue of a day, net, from how many customers and services."""

    amount: Decimal
    customers: int
    services: int = 0
    paused: int = 0

    @property
    def per_customer(self) -> Decimal | None:
        """The average revenue per paying customer; None without one."""
        return self.amount / self.customers if self.customers else None


@dataclass(frozen=True)
class AreaRevenue:
    """What an area brings in a month, net, from how many customers."""

    name: str
    amount: Decimal
    customers: int
    area_id: int = 0


def recurring(*, on: date, branch_id: int | None = None) -> Recurring:
    """Return the monthly recurring revenue of a company date."""
    areas = _areas(on, branch_id).values()
    return Recurring(
        amount=sum((area.amount for area in areas), Decimal("0.00")),
        customers=sum(area.customers for area in areas),
        services=sum(area.services for area in areas),
        paused=sum(area.paused for area in areas),
    )


def by_month(*, on: date, branch_id: int | None = None) -> list[tuple[date, Decimal | None]]:
    """Return twelve months, oldest first: the first of each and the revenue at its end.

    The present month is taken at `on`. Months without figures are None: not zero, unknown.
    """
    this = first_of(on)
    begin = _months_back(this, 11)
    known = {
        month.first: month["monthly_amount"]
        for month in figures.months(
            since=begin, until=on, scope=Scope(branch_id=branch_id), names=("monthly_amount",)
        )
    }
    known[this] = recurring(on=on, branch_id=branch_id).amount
    return [(first, known.get(first)) for first in _each_month(begin, this)]


def by_area(*, on: date, branch_id: int | None = None, size: int = 10) -> list[AreaRevenue]:
    """Return the areas that bring in most, with their monthly recurring revenue."""
    best = sorted(
        ((number, area) for number, area in _areas(on, branch_id).items() if area.amount),
        key=lambda pair: (-pair[1].amount, pair[0]),
    )[:size]
    names = dict(
        asking.rows(
            "SELECT id, name FROM customers_area WHERE id = ANY(%(ids)s)",
            {"ids": [number for number, _area in best]},
        )
    )
    return [
        AreaRevenue(names.get(number, ""), area.amount, area.customers, number)
        for number, area in best
    ]


def _areas(on: date, branch_id: int | None) -> dict[int, Change]:
    """Return what stands in each area; the parts of one dashboard share one reckoning.

    It is kept under the ids of what was written last, so a change makes it anew at once.
    """
    state = usable(figures.state(), on)
    built = state.built_at.timestamp() if state is not None else ""
    key = f"reports:account_state:{on}:{branch_id}:{live.mark()}:{built}"
    found: dict[int, Change] | None = cache.get(key)
    if found is None:
        found = _standing(on, branch_id, state)
        cache.set(key, found, timeout=_KEPT_SECONDS)
    return found


def _standing(on: date, branch_id: int | None, state: FigureState | None) -> dict[int, Change]:
    found: dict[int, Change] = {}
    if state is not None:
        month = first_of(state.built_until)
        for area, services, customers, paused, amount in asking.rows(
            _ACCOUNT_STATE, {"month": month, "branch": branch_id}
        ):
            found[area] = Change(services, customers, paused, amount)
    for area, change in live.changes(on=on, branch_id=branch_id, state=state).items():
        stood = found.get(area, Change())
        found[area] = Change(
            stood.services + change.services,
            stood.customers + change.customers,
            stood.paused + change.paused,
            stood.amount + change.amount,
            change.added,
            change.cancelled,
        )
    return found


def won_and_lost(*, on: date, branch_id: int | None = None) -> tuple[int, int]:
    """Return the services activated and cancelled after the last building, in the month of `on`."""
    areas = _areas(on, branch_id).values()
    return sum(area.added for area in areas), sum(area.cancelled for area in areas)


def usable(state: FigureState | None, on: date) -> FigureState | None:
    """Return the state unless it is of later days than asked for (a clock that was put back)."""
    return state if state is not None and state.built_until <= on else None


def _months_back(first: date, count: int) -> date:
    index = first.year * 12 + first.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


def _each_month(begin: date, end: date) -> list[date]:
    count = (end.year - begin.year) * 12 + end.month - begin.month
    return [_months_back(end, count - step) for step in range(count + 1)]
