"""Lines as people see them: in words, by customer, and those that wait."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import DurationField, ExpressionWrapper, QuerySet
from django.db.models.functions import Greatest, Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Subscription
from customers.rules.picture import Line
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from network.models import Access, Router, RouterLog
from network.queries import unsettled

State = Access.State


@dataclass(frozen=True)
class LineWords:
    """A line's state in words. `tone` and `icon` as for badges; `is_changing`: ask again soon."""

    word: str | Promise
    tone: str
    icon: str
    is_changing: bool = False


# Of the line itself and of its router, whichever is longer; by the database's clock.
_WAITS = ExpressionWrapper(
    Greatest("next_attempt_at", "router__next_attempt_at") - Now(), output_field=DurationField()
)

_SETTLED = {
    State.WALLED: LineWords(_("Suspended"), "danger", "player-pause"),
    State.REMOVED: LineWords(_("Removed"), "neutral", "ban"),
}
# An open line by whether it was seen with a session; what nobody has seen is never "Online".
_OPEN = {
    True: LineWords(_("Online"), "success", "wifi"),
    False: LineWords(_("Switched on, not online now"), "neutral", "wifi-off"),
    None: LineWords(_("Switched on, not seen online"), "neutral", "circle-dashed"),
}
_CHANGING = {
    State.OPEN: LineWords(_("Being switched on…"), "info", "loader-2", is_changing=True),
    State.WALLED: LineWords(_("Being suspended…"), "warning", "loader-2", is_changing=True),
    State.REMOVED: LineWords(_("Being removed…"), "neutral", "loader-2", is_changing=True),
}


def line_words(access: Access | None) -> LineWords:
    """Return what a portal says about a line; None: there is no line yet.

    "Suspended" only once the router has confirmed it, "Online" only when the router was last seen
    with its session. Reads only columns a portal may see. A line already open stays open in words
    while its profile or password is being changed.
    """
    if access is None:
        return LineWords(_("Not connected yet"), "neutral", "plug")
    wanted = State(access.desired_state)
    if wanted == State.OPEN and (access.is_settled or access.confirmed_state == State.OPEN):
        return _OPEN[access.has_session]
    if access.is_settled:
        return _SETTLED[wanted]
    return _CHANGING[wanted]


@dataclass(frozen=True)
class NextTry:
    """When a waiting line's router is told again. `after` counts from now; None: at once."""

    is_by_itself: bool = True
    after: timedelta | None = None


def next_try(line: Access) -> NextTry:
    """Return when a line of `waiting` is tried next.

    The wait is real time (`network.services.health`), so it is told as a length and never as an
    hour of the business clock. What only a person can mend is not tried by itself.
    """
    router = line.router
    if line.is_on_hold or not router.is_enabled or router.archived_at is not None:
        return NextTry(is_by_itself=False)
    waits: timedelta | None = getattr(line, "waits", None)
    return NextTry(after=waits if waits is not None and waits > timedelta(0) else None)


def is_reconnecting(line: Access) -> bool:
    """Tell whether a line waits for a router that does not answer."""
    return not line.is_settled and line.router.status == Router.Status.OFFLINE


def of_customer(customer_id: int) -> QuerySet[Access]:
    """Return a customer's lines with their routers, for staff."""
    return (
        Access.objects.filter(customer_id=customer_id)
        .select_related("router", "subscription__package")
        .prefetch_related("subscription__suspensions")
        .order_by("subscription__line_no")
    )


def without_line(customer_id: int) -> QuerySet[Subscription]:
    """Return a customer's services that nobody has given a line yet."""
    return (
        Subscription.objects.filter(customer_id=customer_id, access__isnull=True)
        .exclude(status=Subscription.Status.CANCELLED)
        .select_related("package")
        .order_by("line_no")
    )


def pictured(customer: Customer) -> list[Line]:
    """Return a customer's lines as the page of one customer shows them."""
    rows = of_customer(customer.pk).exclude(desired_state=State.REMOVED)
    return [as_line(line) for line in rows]


def as_line(line: Access) -> Line:
    """Return what the page of one customer tells of a line, in the words of that floor."""
    return Line(
        line_no=line.subscription.line_no,
        username=line.username,
        router=line.router.name,
        is_on=line.desired_state == State.OPEN and line.is_settled,
        has_session=line.has_session,
        session_since=line.session_noted_at,
        is_settled=line.is_settled,
    )


def worst_first(found: Iterable[Access]) -> list[Access]:
    """Return lines by how much somebody should look: stuck, waiting, down, off, then the rest."""
    return sorted(found, key=_goodness)


def _goodness(line: Access) -> tuple[int, int]:
    checks = (
        line.is_on_hold and not line.is_settled,
        not line.is_settled,
        line.desired_state == State.OPEN and line.has_session is False,
        line.desired_state == State.WALLED,
        line.desired_state == State.OPEN,
    )
    place = next((index for index, is_so in enumerate(checks) if is_so), len(checks))
    return place, line.subscription.line_no


def last_told(line_ids: Sequence[int]) -> dict[int, RouterLog]:
    """Return the last thing the router was told about each line, by line, in one statement."""
    rows = RouterLog.objects.filter(access__in=line_ids).order_by("access", "-pk")
    return {row.access_id: row for row in rows.distinct("access") if row.access_id is not None}


def of_portal_customer(customer_id: int) -> QuerySet[Access]:
    """Return a customer's lines with the columns the portal role may read."""
    return (
        Access.objects.filter(customer_id=customer_id)
        .only(
            "subscription_id",
            "customer_id",
            "router_id",
            "username",
            "method",
            "desired_state",
            "desired_profile",
            "generation",
            "desired_since",
            "confirmed_state",
            "confirmed_profile",
            "confirmed_generation",
            "confirmed_at",
            "has_session",
        )
        .order_by("subscription_id")
    )


def at_address(ip: str) -> Access | None:
    """Return the line an address of our network belongs to; None unless it is exactly one.

    Known are fixed addresses. Two routers may use the same private one: then nobody is named.
    """
    if not ip:
        return None
    found = (
        Access.objects.filter(static_ip=ip)
        .exclude(desired_state=State.REMOVED)
        .select_related("customer__account_state")
        .order_by("pk")[:2]
    )
    lines = list(found)
    return lines[0] if len(lines) == 1 else None


def visible_to(user: User) -> QuerySet[Access]:
    """Return the lines on routers, and of customers, that a member of staff may see."""
    lines = Access.objects.all()
    branch_id = branch_scope(user)
    return lines if branch_id is None else lines.filter(customer__branch_id=branch_id)


def waiting(user: User) -> QuerySet[Access]:
    """Return the lines whose desired state no router has confirmed, the longest waiting first."""
    return (
        unsettled.lines()
        .filter(pk__in=visible_to(user).values("pk"))
        .select_related("router", "customer", "subscription")
        .annotate(waits=_WAITS)
        .order_by("desired_since", "pk")
    )


def routers_visible_to(user: User) -> QuerySet[Router]:
    """Return the routers a member of staff may see."""
    routers = Router.objects.filter(archived_at=None)
    branch_id = branch_scope(user)
    return routers if branch_id is None else routers.filter(branch_id=branch_id)
