"""Routers as the list and their own page show them."""

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from ispbill.accounts.models import User
from network.models import Access, ProtocolNote, Router, RouterLog
from network.queries import lines


def listed(user: User) -> QuerySet[Router]:
    """Return the routers a member of staff may see, with `line_count`, `waiting_count`,
    `parked_count` and `news_count` (what it answered that is new to us)."""
    news = (
        ProtocolNote.objects.filter(router=OuterRef("pk"))
        .exclude(kind=ProtocolNote.Kind.ANSWER)
        .order_by()
        .values("router")
        .annotate(count=Count("pk"))
        .values("count")
    )
    waits = ~Q(accesses__generation=F("accesses__confirmed_generation"))
    return (
        lines.routers_visible_to(user)
        .select_related("branch")
        .annotate(
            line_count=Count("accesses", filter=~Q(accesses__wanted_state=Access.State.REMOVED)),
            waiting_count=Count("accesses", filter=Q(accesses__pk__isnull=False) & waits),
            parked_count=Count("accesses", filter=Q(accesses__is_parked=True) & waits),
            news_count=Coalesce(Subquery(news), 0),
        )
        .order_by("name")
    )


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
