"""How the reading of Interstellio does: the last run, services behind, names nobody knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from ispbill.accounts.models import User
from network.interstellio.models import InterstellioLink, InterstellioRun, InterstellioSettings
from network.queries import lines

BEHIND = timedelta(hours=3)
SHOWN = 50
RUNS_SHOWN = 12


@dataclass(frozen=True, kw_only=True)
class Stand:
    """`behind`: services whose hours are older than a missed run or two, or that failed."""

    settings: InterstellioSettings
    runs: Sequence[InterstellioRun]
    linked: int
    behind: Sequence[InterstellioLink]
    behind_count: int

    @property
    def last(self) -> InterstellioRun | None:
        return self.runs[0] if self.runs else None


def stand(user: User, *, at: datetime) -> Stand:
    """Return how it does, for the services a member of staff may see."""
    services = lines.visible_to(user).values("subscription")
    links = InterstellioLink.objects.filter(subscription__in=services)
    late = links.filter(Q(read_until=None) | Q(read_until__lt=at - BEHIND) | ~Q(error=""))
    shown = late.select_related("subscription__customer", "subscription__access")
    return Stand(
        settings=InterstellioSettings.current(),
        runs=list(InterstellioRun.objects.order_by("-began_at")[:RUNS_SHOWN]),
        linked=links.count(),
        behind=list(shown.order_by("username")[:SHOWN]),
        behind_count=late.count(),
    )
