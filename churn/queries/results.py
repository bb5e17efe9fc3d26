"""What calling brought: those acted on against those left alone, as they were drawn."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet, StdDev

from churn.models import ChurnEpisode, RetentionTask
from churn.rules import saved
from churn.rules.saved import Between, Group
from customers.queries import directory
from ispbill.accounts.models import User


@dataclass(frozen=True)
class Results:
    """Both groups, and what lies between them; None where there are too few left alone."""

    held: Group
    treated: Group
    points: Between | None = None
    customers: Between | None = None
    each: Between | None = None
    money: Between | None = None
    overridden: int = 0


def visible_to(user: User) -> QuerySet[ChurnEpisode]:
    """Return the episodes of customers the user may see."""
    return ChurnEpisode.objects.filter(customer__in=directory.visible_to(user))


def results(episodes: QuerySet[ChurnEpisode]) -> Results:
    """Compare the two groups of the episodes whose result is known, as drawn."""
    known = episodes.filter(has_left__isnull=False)
    net = F("net_collected") - F("action_cost")
    rows = known.values("is_held_out").annotate(
        count=Count("pk"),
        left=Count("pk", filter=Q(has_left=True)),
        mean=Avg(net),
        deviation=StdDev(net, sample=True),
        overridden=Count("pk", filter=~Q(override_reason="")),
    )
    found: dict[bool, Any] = {row["is_held_out"]: row for row in rows}
    held, treated = (
        Group(
            row.get("count", 0),
            row.get("left", 0),
            float(row.get("mean") or 0),
            float(row.get("deviation") or 0),
        )
        for row in (found.get(True, {}), found.get(False, {}))
    )
    if not saved.is_enough(held=held, treated=treated):
        return Results(held, treated)
    points, each = saved.kept(held=held, treated=treated), saved.earned(held=held, treated=treated)
    return Results(
        held,
        treated,
        points,
        points.times(treated.count),
        each,
        each.times(treated.count),
        found[True]["overridden"],
    )


def outcomes(episodes: QuerySet[ChurnEpisode]) -> dict[str, int]:
    """Return how many tasks of the episodes ended how, by state."""
    done = RetentionTask.objects.filter(episode__in=episodes, closed_at__isnull=False)
    return dict(done.values_list("state").annotate(count=Count("pk")).values_list("state", "count"))
