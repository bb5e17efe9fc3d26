"""Routers as the list and their own page show them."""

from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from ispbill.accounts.models import User
from network.models import Access, ProtocolNote, Router, RouterLog
from network.queries import lines

_WAITS = ~Q(accesses__generation=F("accesses__confirmed_generation"))
_ON = Q(accesses__desired_state=Access.State.OPEN)


def listed(user: User) -> QuerySet[Router]:
    """Return the routers a member of staff may see, with `line_count`, `waiting_count`,
    `on_hold_count` and `news_count` (what it answered that is new to us)."""
    news = (
        ProtocolNote.objects.filter(router=OuterRef("pk"))
        .exclude(kind=ProtocolNote.Kind.ANSWER)
        .order_by()
        .values("router")
        .annotate(count=Count("pk"))
        .values("count")
    )
    return (
        lines.routers_visible_to(user)
        .select_related("branch")
        .annotate(
            line_count=Count("accesses", filter=~Q(accesses__desired_state=Access.State.REMOVED)),
            waiting_count=Count("accesses", filter=Q(accesses__pk__isnull=False) & _WAITS),
            on_hold_count=Count("accesses", filter=Q(accesses__is_on_hold=True) & _WAITS),
            news_count=Coalesce(Subquery(news), 0),
        )
        .order_by("name")
    )


@dataclass(frozen=True)
class Strip:
    """A router in use with its lines: switched on, of those seen online, suspended, unconfirmed."""

    router: Router
    on: int
    up: int
    off: int
    waiting: int

    @property
    def is_silent(self) -> bool:
        return self.router.status == Router.Status.OFFLINE

    @property
    def is_wrong(self) -> bool:
        return self.is_silent or self.waiting > 0 or self.router.status == Router.Status.ON_HOLD


def strips(user: User, branch_id: int | None = None) -> list[Strip]:
    """Return the routers in use that a member of staff may see, worst first."""
    found = lines.routers_visible_to(user).filter(is_enabled=True)
    if branch_id is not None:
        found = found.filter(branch_id=branch_id)
    counted = found.annotate(
        on=Count("accesses", filter=_ON),
        up=Count("accesses", filter=_ON & Q(accesses__has_session=True)),
        off=Count("accesses", filter=Q(accesses__desired_state=Access.State.WALLED)),
        waiting=Count("accesses", filter=Q(accesses__pk__isnull=False) & _WAITS),
    )
    made = [Strip(one, one.on, one.up, one.off, one.waiting) for one in counted.order_by("name")]
    return sorted(made, key=lambda one: (not one.is_silent, not one.is_wrong, -one.waiting))


def log_of(router: Router) -> QuerySet[RouterLog]:
    """Return what the router was told, the newest first."""
    return (
        RouterLog.objects.filter(router=router).select_related("access__customer").order_by("-pk")
    )


def notes_of(router: Router) -> list[ProtocolNote]:
    """Return what the router answered that no router had before, and the samples, newest first."""
    return list(
        ProtocolNote.objects.filter(router=router).order_by("kind", "-first_seen_at", "menu", "pk")
    )


def lines_of(router: Router) -> QuerySet[Access]:
    """Return the router's lines, those that wait first."""
    return (
        Access.objects.filter(router=router)
        .select_related("customer", "subscription")
        .annotate(lag=F("generation") - F("confirmed_generation"))
        .order_by("-lag", "username", "pk")
    )
