"""How a router's RADIUS does: its lines, sessions, what was refused, and what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from network.models import Access, Router
from network.radius.models import RadiusAnswer, RadiusNas, RadiusSession
from network.radius.rules import accounting

ANSWERS_SHOWN = 20
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Stand:
    """A router's RADIUS at a moment; `refusals` are those of the last day."""

    nas: RadiusNas
    lines: int
    without_password: int
    open: int
    stale: int
    lost: int
    refusals: int

    def is_heard(self, at: datetime) -> bool:
        """Tell whether accounting came lately, or there is nobody to account for."""
        heard = self.nas.heard_at
        return heard is not None and heard > at - accounting.STALE


def of_router(router: Router, *, at: datetime) -> Stand | None:
    """Return how a router's RADIUS does; None where it does not ask RADIUS."""
    nas = RadiusNas.objects.filter(router=router).first()
    if nas is None:
        return None
    lines = Access.objects.filter(router=router).exclude(desired_state=Access.State.REMOVED)
    sessions = RadiusSession.objects.filter(router=router).aggregate(
        open=Count("pk", filter=Q(ended_at=None, last_at__gte=at - accounting.STALE)),
        stale=Count("pk", filter=Q(ended_at=None, last_at__lt=at - accounting.STALE)),
        lost=Count("pk", filter=Q(is_lost=True, ended_at__gte=at - _DAY)),
    )
    refusals = RadiusAnswer.objects.filter(
        nas_address=nas.address, reply="Access-Reject", at__gte=at - _DAY
    )
    return Stand(
        nas=nas,
        lines=lines.count(),
        without_password=lines.filter(sealed_password="").count(),
        refusals=refusals.count(),
        **sessions,
    )


def answers_of(nas: RadiusNas) -> Sequence[RadiusAnswer]:
    """Return what was last answered to this router, the newest first."""
    return list(
        RadiusAnswer.objects.filter(nas_address=nas.address).order_by("-at")[:ANSWERS_SHOWN]
    )
