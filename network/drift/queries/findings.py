"""Findings as people look at them: a router's plan, what is ignored, what is over."""

from collections.abc import Sequence

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from ispbill.accounts.models import User
from network.drift.models import DriftFinding, DriftLook
from network.models import Router
from network.queries import lines

State = DriftFinding.State
HISTORY_SHOWN = 50


def visible_to(user: User) -> QuerySet[DriftFinding]:
    """Return the findings on routers a member of staff may see."""
    return DriftFinding.objects.filter(router__in=lines.routers_visible_to(user).values("pk"))


def last_look(router: Router) -> DriftLook | None:
    """Return a router's latest comparison."""
    return DriftLook.objects.filter(router=router).order_by("-pk").first()


def last_whole_look(router: Router) -> DriftLook | None:
    """Return a router's latest comparison that did not break off: what a plan stands on."""
    return DriftLook.objects.filter(router=router, error="").order_by("-pk").first()


def living(router: Router) -> list[DriftFinding]:
    """Return what differs now, ignored or not."""
    return list(
        DriftFinding.objects.filter(router=router, state__in=[State.OPEN, State.IGNORED])
        .select_related("line__customer")
        .order_by("kind", "name")
    )


def past(router: Router) -> Sequence[DriftFinding]:
    """Return what differed and is over, the latest first."""
    return list(
        DriftFinding.objects.filter(router=router)
        .exclude(state__in=[State.OPEN, State.IGNORED])
        .select_related("line__customer")
        .order_by("-over_at", "-pk")[:HISTORY_SHOWN]
    )


def by_router(user: User) -> QuerySet[Router]:
    """Return the routers in use with how many findings each has and its latest comparison."""
    latest = DriftLook.objects.filter(router=OuterRef("pk")).order_by("-pk")
    open_now = Q(drift_findings__state=State.OPEN)
    return (
        lines.routers_visible_to(user)
        .filter(is_enabled=True)
        .annotate(
            open_count=Count("drift_findings", filter=open_now),
            unknown_count=Count("drift_findings", filter=open_now & Q(drift_findings__line=None)),
            ignored_count=Count("drift_findings", filter=Q(drift_findings__state=State.IGNORED)),
            looked_at=Subquery(latest.values("at")[:1]),
            look_error=Subquery(latest.values("error")[:1]),
            look_waits=Subquery(latest.values("waits_for")[:1]),
        )
        .order_by("-open_count", "name")
    )
