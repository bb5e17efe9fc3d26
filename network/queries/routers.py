"""Routers as the list and their own page show them."""

from django.db.models import Count, F, Q, QuerySet

from ispbill.accounts.models import User
from network.models import Access, Router, RouterLog
from network.queries import lines


def listed(user: User) -> QuerySet[Router]:
    """Return the routers a member of staff may see, with `line_count`, `waiting_count` and
    `parked_count`."""
    waits = ~Q(accesses__generation=F("accesses__confirmed_generation"))
    return (
        lines.routers_visible_to(user)
        .select_related("branch")
        .annotate(
            line_count=Count("accesses", filter=~Q(accesses__wanted_state=Access.State.REMOVED)),
            waiting_count=Count("accesses", filter=Q(accesses__pk__isnull=False) & waits),
            parked_count=Count("accesses", filter=Q(accesses__is_parked=True) & waits),
        )
        .order_by("name")
    )


def log_of(router: Router) -> QuerySet[RouterLog]:
    """Return what the router was told, the newest first."""
    return (
        RouterLog.objects.filter(router=router).select_related("access__customer").order_by("-pk")
    )


def lines_of(router: Router) -> QuerySet[Access]:
    """Return the router's lines, those that wait first."""
    return (
        Access.objects.filter(router=router)
        .select_related("customer", "subscription")
        .annotate(lag=F("generation") - F("confirmed_generation"))
        .order_by("-lag", "username", "pk")
    )
