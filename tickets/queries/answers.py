"""What customers said of our help: by whom, about what, where, and month by month."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from ispbill.core import clock
from tickets.models import Opinion, Survey
from tickets.rules import satisfaction

NO_OPINIONS = Opinion.objects.none()


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
    """One person, category, area or month, and what was said there. NPS: None under five.

    So are the stars, where one of fewer answers was given without a name.
    """

    label: str
    answers: int
    average: Decimal | None
    nps: int | None


def visible_to(user: User) -> QuerySet[Survey]:
    """Return the surveys a member of staff may read; a branch manager those of the branch."""
    branch = branch_scope(user)
    if not user.is_console_user:
        return Survey.objects.none()
    return Survey.objects.all() if branch is None else Survey.objects.filter(branch=branch)


def figures(
    surveys: QuerySet[Survey], *, since: datetime, opinions: QuerySet[Opinion] = NO_OPINIONS
) -> Figures:
    """Add up what was said since a moment; of the score, each customer's latest counts.

    What was said counts by the day of the answer; how many answered is of those asked since then.
    """
    # An answer kept apart was not asked once more.
    asked = surveys.filter(asked_at__gte=since, customer__isnull=False)
    also = opinions.filter(asked_at__gte=since, customer__isnull=False)
    given = _given(surveys.filter(answered_at__gte=since), opinions.filter(answered_at__gte=since))
    told = _line("", given)
    stars = _stars(given)
    return Figures(
        asked=asked.count() + also.count(),
        answered=asked.filter(answered_at__isnull=False).count()
        + also.filter(answered_at__isnull=False).count(),
        average=told.average,
        csat=satisfaction.csat(stars) if len(stars) >= satisfaction.LEAST_ANSWERS else None,
        nps=told.nps,
    )


def by(
    answered: QuerySet[Survey],
    column: str,
    *,
    opinions: tuple[QuerySet[Opinion], str] | None = None,
) -> list[Line]:
    """Return what was said by a column's name (`resolver__name`), the most stars first.

    `opinions` are those that count beside, and what the column is called with them.
    """
    found: dict[Any, list[Said]] = defaultdict(list)
    for label, *row in _rows(answered).values_list(column, *Said._fields):
        found[label].append(Said(*row))
    if opinions is not None:
        rows, its_column = opinions
        for label, *row in _scores(rows).values_list(its_column, *_OPINION):
            found[label].append(_opinion(*row))
    lines = [_line(label, said) for label, said in found.items() if label]
    return sorted(lines, key=lambda one: (-(one.average or 0), -one.answers, one.label))


def months(
    answered: QuerySet[Survey],
    *,
    named: Callable[[date], str],
    opinions: QuerySet[Opinion] = NO_OPINIONS,
) -> list[Line]:
    """Return what was said month by month, the first one first."""
    found: dict[date, list[Said]] = defaultdict(list)
    for said in _given(answered, opinions):
        found[clock.local_date(said.answered_at).replace(day=1)].append(said)
    return [_line(named(month), found[month]) for month in sorted(found)]


class Said(NamedTuple):
    """One answer: whose, how many stars, the score where it was asked, and when.

    An opinion has no stars.
    """

    customer_id: int | None
    stars: int | None
    nps: int | None
    answered_at: datetime


_OPINION = ("customer_id", "score", "answered_at")


def _opinion(customer_id: int | None, score: int, answered_at: datetime) -> Said:
    return Said(customer_id, None, score, answered_at)


def _given(answered: QuerySet[Survey], opinions: QuerySet[Opinion]) -> list[Said]:
    said = [Said(*row) for row in _rows(answered).values_list(*Said._fields)]
    return said + [_opinion(*row) for row in _scores(opinions).values_list(*_OPINION)]


def _rows(answered: QuerySet[Survey]) -> QuerySet[Survey]:
    return answered.filter(stars__isnull=False).order_by("answered_at", "pk")


def _scores(opinions: QuerySet[Opinion]) -> QuerySet[Opinion]:
    return opinions.filter(score__isnull=False).order_by("answered_at", "pk")


def _stars(said: Sequence[Said]) -> list[int]:
    return [one.stars for one in said if one.stars is not None]


def _line(label: str, said: Sequence[Said]) -> Line:
    ordered = sorted(said, key=lambda one: one.answered_at)
    latest = {
        one.customer_id or f"nobody {place}": one.nps
        for place, one in enumerate(ordered)
        if one.nps is not None
    }
    enough = len(latest) >= satisfaction.LEAST_ANSWERS
    hides = len(said) < satisfaction.LEAST_ANSWERS and any(not one.customer_id for one in said)
    return Line(
        label,
        len(said),
        None if hides else satisfaction.average(_stars(said)),
        satisfaction.nps(latest.values()) if enough else None,
    )


def standing(customer_id: int) -> tuple[float | None, int | None]:
    """Return what a customer thinks of us: the mean of the stars, and the latest score."""
    mine = {"customer_id": customer_id, "answered_at__isnull": False}
    said = _given(Survey.objects.filter(**mine), Opinion.objects.filter(**mine))
    stars = _stars(said)
    scores = [one for one in sorted(said, key=lambda one: one.answered_at) if one.nps is not None]
    mean = round(sum(stars) / len(stars), 2) if stars else None
    return mean, scores[-1].nps if scores else None


def words(surveys: QuerySet[Survey]) -> QuerySet[Survey]:
    """Return the answers with a word or a low score, newest first."""
    told = surveys.filter(stars__isnull=False).filter(
        ~Q(comment="") | Q(stars__lte=satisfaction.LOW_STARS)
    )
    return told.select_related("ticket__customer", "resolver", "category", "area").order_by(
        "-answered_at", "-pk"
    )
