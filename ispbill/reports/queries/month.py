"""The present month so far: billed, came in, collected of what was due, customers won and lost."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ispbill.reports.queries import figures, live, revenue
from ispbill.reports.queries.collection import Collection as OfDue
from ispbill.reports.queries.collection import since_built
from ispbill.reports.queries.remembered import remembered
from ispbill.reports.queries.scope import Scope
from ispbill.reports.rules.measures import COLLECTION
from ispbill.reports.rules.months import first_of

_OF_THE_MONTH = (
    "added_count", "cancelled_count", "billed_net_amount", "billed_tax_amount",
    "collected_amount", "returned_money_amount", *COLLECTION,
)  # fmt: skip


@dataclass(frozen=True)
class Collection:
    """Sums since the first of the month, in the company's currency.

    `collected` is all money that came in, for whatever bill; `of_due` tells how much is paid of
    the bills that were due, see `queries.collection`.
    """

    billed: Decimal
    collected: Decimal
    of_due: OfDue


@dataclass(frozen=True)
class Headcount:
    """Customers with a service in use, services switched off, and this month's gains and losses."""

    active: int
    suspended: int
    won: int
    lost: int

    @property
    def net(self) -> int:
        return self.won - self.lost


def collection(*, on: date, branch_id: int | None = None) -> Collection:
    """Return what was billed, came in and was due in the month of a company date, up to that day.

    Bills made void and payments reversed are taken off on the day that was done.
    """
    return remembered(f"collection:{on}:{branch_id}", lambda: _collection(on, branch_id))


def headcount(*, on: date, branch_id: int | None = None) -> Headcount:
    """Return how many are in use and switched off now, and the month's gains and losses."""
    now = revenue.recurring(on=on, branch_id=branch_id)
    won, lost = revenue.won_and_lost(on=on, branch_id=branch_id)
    built = _built(on, branch_id)
    if built is not None:
        won, lost = won + built["added_count"], lost + built["cancelled_count"]
    return Headcount(active=now.customers, suspended=now.paused, won=won, lost=lost)


def _collection(on: date, branch_id: int | None) -> Collection:
    state = revenue.usable(figures.state(), on)
    since = live.money(on=on, branch_id=branch_id, state=state)
    billed, collected = since.billed, since.collected
    of_due = since_built(on=on, branch_id=branch_id, state=state)
    built = _built(on, branch_id)
    if built is not None:
        of_due += OfDue(built["due_amount"], built["due_paid_amount"])
        billed += built["billed_net_amount"] + built["billed_tax_amount"]
        collected += built["collected_amount"] - built["returned_money_amount"]
    return Collection(billed=billed, collected=collected, of_due=of_due)


def _built(on: date, branch_id: int | None) -> figures.Month | None:
    """Return what is built of the month of `on`, if anything is."""
    state = revenue.usable(figures.state(), on)
    if state is None or state.built_until < first_of(on):
        return None
    found = figures.months(
        since=on, until=on, scope=Scope(branch_id=branch_id), names=_OF_THE_MONTH
    )
    return found[0] if found else None
