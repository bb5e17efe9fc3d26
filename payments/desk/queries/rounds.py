"""A collector's round: who owes, house after house, with what a collector needs at the door."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from django.db.models import OuterRef, QuerySet, Subquery

from billing.allocation.models import Payment
from customers.models import Area, Customer
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import Branch, User
from ispbill.core.money import ZERO
from payments.desk.queries import tills

MOST_STOPS = 600
"""On one sheet; beyond it somebody has chosen a whole city."""


@dataclass(frozen=True)
class Choice:
    """Which customers: of a branch, an area with all below it, and a collector's own or all."""

    branch_id: int
    area_id: int | None = None
    collector_id: int | None = None

    def written(self, day: date) -> str:
        """Return it, with the day it is for, as the variant of a document."""
        return f"a{self.area_id or 0}_c{self.collector_id or 0}_{day.isoformat()}"

    @classmethod
    def read(cls, branch_id: int, variant: str) -> "tuple[Choice, date]":
        """Read what `written` wrote. Raises ValueError."""
        area, collector, day = variant.split("_")
        choice = cls(branch_id, int(area[1:]) or None, int(collector[1:]) or None)
        return choice, date.fromisoformat(day)


@dataclass(frozen=True)
class Stop:
    """A door: `due` is what is owed with tax, in the company's currency."""

    customer_id: int
    number: str
    name: str
    house: str
    phone: str
    area: str
    due: Decimal
    oldest_due: date | None
    paid_at: datetime | None
    paid_amount: Decimal | None
    is_cut_off: bool


@dataclass(frozen=True)
class AreaStops:
    """The doors of one area, in the order of the houses."""

    name: str
    stops: list[Stop]

    @property
    def due(self) -> Decimal:
        return sum((stop.due for stop in self.stops), ZERO)


@dataclass(frozen=True)
class Route:
    """What a round brings at most. `is_cut` says that more owe than fit."""

    branch: str
    title: str
    areas: list[AreaStops] = field(default_factory=list)
    is_cut: bool = False

    @property
    def due(self) -> Decimal:
        return sum((area.due for area in self.areas), ZERO)

    @property
    def count(self) -> int:
        return sum(len(area.stops) for area in self.areas)


def areas(user: User, branch_id: int) -> QuerySet[Area]:
    """Return the areas of a branch a person may choose from, in the order of the tree."""
    own = branch_scope(user)
    found = Area.objects.filter(branch=branch_id, archived_at=None).order_by("path", "name")
    return found if own is None else found.filter(branch=own)


def owing(choice: Choice) -> QuerySet[Customer]:
    """Return the customers who owe, in the order a collector walks: area, house, name."""
    found = Customer.objects.filter(
        branch=choice.branch_id, archived_at=None, account_state__balance_amount__gt=0
    )
    if choice.area_id is not None:
        area = Area.objects.filter(pk=choice.area_id).first()
        found = found.filter(area__path__startswith=area.path) if area else found.none()
    if choice.collector_id is not None:
        found = found.filter(collector=choice.collector_id)
    return found.order_by("area__name", "address", "name", "pk")


def route(choice: Choice) -> Route:
    """Return the round of a choice; three queries however long it is."""
    last = Payment.objects.filter(
        customer=OuterRef("pk"), status=Payment.Status.COMPLETED
    ).order_by("-pk")
    rows = list(
        owing(choice)
        .select_related("area", "account_state")
        .annotate(
            paid_at=Subquery(last.values("received_at")[:1]),
            paid_amount=Subquery(last.values("amount")[:1]),
        )[: MOST_STOPS + 1]
    )
    branch = Branch.objects.get(pk=choice.branch_id)
    title = branch.name
    if choice.area_id is not None:
        area = Area.objects.filter(pk=choice.area_id).first()
        title = area.name if area is not None else title
    return Route(
        branch=branch.name,
        title=title,
        areas=list(_by_area(rows[:MOST_STOPS])),
        is_cut=len(rows) > MOST_STOPS,
    )


def may_collect_from(user: User, choice: Choice) -> bool:
    """Tell whether a choice lies in the reach of a person."""
    return tills.branches(user).filter(pk=choice.branch_id).exists() and (
        choice.area_id is None or areas(user, choice.branch_id).filter(pk=choice.area_id).exists()
    )


def _by_area(rows: Iterable[Customer]) -> Iterable[AreaStops]:
    for name, group in groupby(rows, key=lambda row: row.area.name):
        yield AreaStops(name, [_stop(row) for row in group])


def _stop(row: Customer) -> Stop:
    return Stop(
        customer_id=row.pk,
        number=row.number,
        name=row.name,
        house=row.address,
        phone=row.phone,
        area=row.area.name,
        due=row.account_state.balance_amount,
        oldest_due=row.account_state.oldest_due_date,
        paid_at=getattr(row, "paid_at", None),
        paid_amount=getattr(row, "paid_amount", None),
        is_cut_off=row.status == Customer.Status.SUSPENDED,
    )
