"""Work still to do: lines whose last desired state no router has confirmed."""

from datetime import datetime

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Now

from network.models import Access, Leftover, Method, Router

_NOW = Q(next_attempt_at=None) | Q(next_attempt_at__lte=Now())
# Only logins by PPPoE are RADIUS's; queues and leases of the same router are its API's.
_BY_RADIUS = Q(router__uses_radius=True, method=Method.PPPOE)
# An open line keeps its old place until the new router has it: whoever pays is never in neither.
# One that is to be closed leaves at once.
_STILL_NEEDED = (
    Q(access__desired_state=Access.State.OPEN)
    & ~Q(access__router=F("router"))
    & ~Q(access__confirmed_state=Access.State.OPEN)
)


def lines() -> QuerySet[Access]:
    """Return every line with a desired state that is not confirmed, those on hold too."""
    return Access.objects.exclude(generation=F("confirmed_generation"))


def due_lines(router_id: int, *, by_radius: bool = False) -> QuerySet[Access]:
    """Return the lines to bring to their router now, the most urgent first; none by the router's
    own API where they sign on at RADIUS, and none by RADIUS where they do not.

    Removals free user names for others; then whoever has paid; suspensions can wait.
    """
    return (
        lines()
        .filter(_NOW, _BY_RADIUS if by_radius else ~_BY_RADIUS)
        .filter(router_id=router_id, is_on_hold=False)
        .select_related("subscription")
        .order_by(
            Case(
                When(desired_state=Access.State.REMOVED, then=Value(0)),
                When(desired_state=Access.State.OPEN, then=Value(1)),
                default=Value(2),
            ),
            "pk",
        )
    )


def due_leftovers(router_id: int) -> QuerySet[Leftover]:
    """Return the users to take off a router now."""
    due = Leftover.objects.filter(_NOW, ~_STILL_NEEDED, router_id=router_id)
    return due.select_related("access")


def routers_with_work() -> QuerySet[Router]:
    """Return the routers that may be called now and have something to be told by their API."""
    due = lines().filter(_NOW, ~_BY_RADIUS, is_on_hold=False)
    with_lines = due.values("router_id")
    with_leftovers = Leftover.objects.filter(_NOW, ~_STILL_NEEDED).values("router_id")
    return callable_routers().filter(Q(pk__in=with_lines) | Q(pk__in=with_leftovers))


def silent_routers() -> QuerySet[Router]:
    """Return the routers to knock at: silent last time, or never asked who they are."""
    return callable_routers().exclude(status=Router.Status.ONLINE, version__gt="")


def routers_awaiting_sessions(*, since: datetime) -> QuerySet[Router]:
    """Return the routers with lines opened since then that were not seen on line."""
    opened = Access.objects.filter(
        confirmed_at__gte=since,
        desired_state=Access.State.OPEN,
        generation=F("confirmed_generation"),
    ).exclude(has_session=True)
    return callable_routers().filter(pk__in=opened.values("router_id"))


def callable_routers() -> QuerySet[Router]:
    """Return routers in use that are not being left alone after a failure."""
    return Router.objects.filter(_NOW, is_enabled=True, archived_at=None).order_by("pk")
