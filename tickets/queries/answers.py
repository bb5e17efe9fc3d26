"""What customers said of our help: by whom, about what, where, and month by month."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from ispbill.core import clock
from tickets.models import Survey
from tickets.rules import satisfaction


@dataclass(frozen=True)
class Figures:
    """How many were asked and answered; shares are fractions, None without an answer."""

    asked: int
    answered: int
    average: Decimal | None
    csat: Decimal | None
    nps: int | None

    @property
    def response(self) -> Decimal | None:
        """The share of those asked who answered."""
        return round(Decimal(self.answered) / self.asked, 2) if self.asked else None


@dataclass(frozen=True)
class Line:
    """One person, category, area or month, and what was said there. NPS: None under five."""

    label: str
    answers: int
    average: Decimal | None
    nps: int | None


def visible_to(user: User) -> QuerySet[Survey]:
    """Return the surveys a member of staff may read; a branch manager those of the branch."""
    branch = branch_scope(user)
    if not user.is_console_user:
        return Survey.objects.none()
    return Survey.objects.all() if branch is None else Survey.objects.filter(ticket__branch=branch)


def figures(surveys: QuerySet[Survey], *, since: datetime) -> Figures:
    """Add up what was said since a moment; of the score, each customer's latest counts.

    What was said counts by the day of the answer; how many answered is of those asked since then.
    """
    asked = surveys.filter(asked_at__gte=since)
    given = list(_given(surveys.filter(answered_at__gte=since)))
    told = _line("", given)
    return Figures(
        asked=asked.count(),
        answered=asked.filter(stars__isnull=False).count(),
        average=told.average,
        csat=satisfaction.csat([one.stars for one in given])
        if told.answers >= satisfaction.LEAST_ANSWERS
        else None,
        nps=told.nps,
    )


def by(answered: QuerySet[Survey], column: str) -> list[Line]:
    """Return what was said by a column's name (`resolver__name`), the most stars first."""
    found: dict[Any, list[Said]] = defaultdict(list)
    for label, *row in _rows(answered).values_list(column, *Said._fields):
        found[label].append(Said(*row))
    lines = [_line(label, said) for label, said in found.items() if label]
    return sorted(lines, key=lambda one: (-(one.average or 0), -one.answers, one.label))


def months(answered: QuerySet[Survey], *, named: Callable[[date], str]) -> list[Line]:
    """Return what was said month by month, the first one first."""
    found: dict[date, list[Said]] = defaultdict(list)
    for said in _given(answered):
        found[clock.local_date(said.answered_at).replace(day=1)].append(said)
    return [_line(named(month), found[month]) for month in sorted(found)]


class Said(NamedTuple):
    """One answer: whose, how many stars, the score where it was asked, and when."""

    customer_id: int
    stars: int
    nps: int | None
    answered_at: datetime


def _given(answered: QuerySet[Survey]) -> Iterator[Said]:
    return (Said(*row) for row in _rows(answered).values_list(*Said._fields))


def _rows(answered: QuerySet[Survey]) -> QuerySet[Survey]:
    return answered.filter(stars__isnull=False).order_by("answered_at", "pk")


def _line(label: str, said: Sequence[Said]) -> Line:
    latest = {one.customer_id: one.nps for one in said if one.nps is not None}
    enough = len(latest) >= satisfaction.LEAST_ANSWERS
    return Line(
        label,
        len(said),
        satisfaction.average([one.stars for one in said]),
        satisfaction.nps(latest.values()) if enough else None,
    )


def words(surveys: QuerySet[Survey]) -> QuerySet[Survey]:
    """Return the answers with a word or a low score, newest first."""
    told = surveys.filter(stars__isnull=False).filter(
        ~Q(comment="") | Q(stars__lte=satisfaction.LOW_STARS)
    )
    return told.select_related("ticket__customer", "resolver", "category", "area").order_by(
        "-answered_at", "-pk"
    )
