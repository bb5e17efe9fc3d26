"""Who may leave: which scores a person may see, the list, and how many are at which level."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from churn.models import ChurnScore, RetentionTask
from customers.models import Area
from customers.queries import search
from ispbill.accounts.access import branch_scope, may
from ispbill.accounts.models import User
from ispbill.core.money import ZERO


@dataclass(frozen=True)
class Filters:
    """What narrows the list; empty means any. `q` is a customer, `reason` a group of reasons."""

    level: str = ""
    q: str = ""
    reason: str = ""
    area: Area | None = None
    branch: int | None = None
    kind: str = ""
    is_unasked: bool = False  # no retention task is open


@dataclass(frozen=True)
class Level:
    """How many are at a level, and what they pay a month."""

    count: int = 0
    monthly: Decimal = ZERO
    at_stake: Decimal = ZERO


def visible_to(user: User) -> QuerySet[ChurnScore]:
    """Return the scores a member of staff may see; a branch manager sees the branch's."""
    if not user.is_console_user or not may(user, "churn.view"):
        return ChurnScore.objects.none()
    branch = branch_scope(user)
    found = ChurnScore.objects.all()
    return found if branch is None else found.filter(branch_id=branch)


def levels(scores: QuerySet[ChurnScore]) -> dict[str, Level]:
    """Return each level's figures, in one statement."""
    rows = scores.values("level").annotate(
        count=Count("pk"), monthly=Sum("monthly_amount"), stake=Sum("at_stake")
    )
    return {row["level"]: Level(row["count"], row["monthly"], row["stake"]) for row in rows}


def filtered(scores: QuerySet[ChurnScore], asked: Filters) -> QuerySet[ChurnScore]:
    """Narrow scores by what was asked for."""
    if asked.level:
        scores = scores.filter(level=asked.level)
    if asked.reason:
        scores = scores.filter(reasons__contains=[{"group": asked.reason}])
    if asked.area is not None:
        inside = Area.objects.filter(Q(pk=asked.area.pk) | Q(path__startswith=asked.area.path))
        own = Area.objects.filter(pk=asked.area.pk)
        areas = own if asked.area.path == "/" else inside
        scores = scores.filter(customer__area__in=areas)
    if asked.branch:
        scores = scores.filter(branch_id=asked.branch)
    if asked.kind:
        scores = scores.filter(customer__kind=asked.kind)
    if asked.is_unasked:
        busy = RetentionTask.objects.filter(closed_at=None).values("customer_id")
        scores = scores.exclude(customer_id__in=busy)
    return _of_person(scores, asked.q.strip())


def _of_person(scores: QuerySet[ChurnScore], text: str) -> QuerySet[ChurnScore]:
    if not text:
        return scores
    meant = Q(customer__number__iexact=text)
    return scores.filter(meant | search.of_rows(text))


def listed(scores: QuerySet[ChurnScore]) -> QuerySet[ChurnScore]:
    """Return scores with all a list shows: where most is at stake first."""
    found = scores.select_related("customer__area", "branch")
    return found.order_by("-at_stake", "customer_id")


def tasks_of(scores: list[ChurnScore]) -> dict[int, RetentionTask]:
    """Return the open retention task of each customer on a page."""
    rows = RetentionTask.objects.filter(
        closed_at=None, customer_id__in=[one.customer_id for one in scores]
    )
    return {one.customer_id: one for one in rows}
