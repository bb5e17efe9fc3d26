"""What customers said of our help: by whom, about what, where, and month by month."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet
from django.db.models.functions import TruncMonth

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
    """One person, category or area, and what was said there."""

    label: str
    answers: int
    average: float


def visible_to(user: User) -> QuerySet[Survey]:
    """Return the surveys a member of staff may read; a branch manager those of the branch."""
    branch = branch_scope(user)
    if not user.is_console_user:
        return Survey.objects.none()
    return Survey.objects.all() if branch is None else Survey.objects.filter(ticket__branch=branch)


def figures(surveys: QuerySet[Survey]) -> Figures:
    """Add up what was said; of the score, each customer's latest counts."""
    rows = list(
        surveys.order_by("answered_at").values_list("customer_id", "stars", "nps", "answered_at")
    )
    stars = [given for _who, given, _nps, _at in rows if given is not None]
    latest = {who: score for who, _stars, score, _at in rows if score is not None}
    return Figures(
        asked=len(rows),
        answered=len(stars),
        average=satisfaction.average(stars),
        csat=satisfaction.csat(stars),
        nps=satisfaction.nps(latest.values()),
    )


def by(surveys: QuerySet[Survey], column: str) -> list[Line]:
    """Return the mean of the stars by a column's name (`resolver__name`), the best first."""
    rows = (
        surveys.filter(stars__isnull=False)
        .exclude(**{column: None})
        .values(column)
        .annotate(answers=Count("pk"), average=Avg("stars"))
        .order_by("-average", "-answers", column)
    )
    return [Line(row[column], row["answers"], row["average"]) for row in rows]


def months(surveys: QuerySet[Survey]) -> list[tuple[datetime, int, float]]:
    """Return each month with how many answered and the mean of the stars."""
    rows: Any = (
        surveys.filter(stars__isnull=False)
        .annotate(month=TruncMonth("answered_at", tzinfo=clock.zone()))
        .values("month")
        .annotate(answers=Count("pk"), average=Avg("stars"))
        .order_by("month")
    )
    return [(row["month"], row["answers"], row["average"]) for row in rows]


def words(surveys: QuerySet[Survey]) -> QuerySet[Survey]:
    """Return the answers with a word or a low score, newest first."""
    told = surveys.filter(stars__isnull=False).filter(
        ~Q(comment="") | Q(stars__lte=satisfaction.LOW_STARS)
    )
    return told.select_related("ticket__customer", "resolver", "category", "area").order_by(
        "-answered_at", "-pk"
    )
