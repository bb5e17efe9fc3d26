"""The queue: tickets narrowed by what somebody asks for, what is due first before the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from customers.queries import search
from ispbill.accounts.models import User
from ispbill.core import digits
from tickets.models import Ticket, TicketClock
from tickets.rules import moves

_FAR = datetime(9000, 1, 1, tzinfo=UTC)  # the place of what is due at no moment: behind all others


@dataclass(frozen=True)
class Filters:
    """What narrows the queue; empty means any. `view` is one of `VIEWS`."""

    view: str = "all"
    q: str = ""  # number, subject, customer
    state: str = ""
    priority: str = ""
    category: str = ""
    team: int | None = None
    assignee: int | None = None
    channel: str = ""
    tag: str = ""
    customer: str = ""  # CT-…


@dataclass(frozen=True)
class Page:
    """Rows and the cursors to either side ("" where there is none)."""

    rows: Sequence[Ticket]
    newer: str
    older: str


VIEWS = ("mine", "unassigned", "late", "waiting", "all", "resolved", "every")


def view(tickets: QuerySet[Ticket], name: str, *, user: User, at: datetime) -> QuerySet[Ticket]:
    """Narrow tickets to one of the views that everybody has."""
    live = Q(state__in=moves.LIVE)
    chosen = {
        "mine": live & Q(assignee=user),
        "unassigned": live & Q(assignee__isnull=True),
        "late": live & Q(next_warn_at__lte=at),
        "waiting": Q(state=moves.WAITING_CUSTOMER),
        "all": live,
        "resolved": Q(state=moves.RESOLVED),
        "every": Q(),
    }
    return tickets.filter(chosen.get(name, live))


def counts(tickets: QuerySet[Ticket], *, user: User, at: datetime) -> dict[str, int]:
    """Return how many tickets each view of live ones holds, in one query."""
    live = tickets.filter(state__in=moves.LIVE)
    found: dict[str, int] = live.aggregate(
        mine=Count("pk", filter=Q(assignee=user)),
        unassigned=Count("pk", filter=Q(assignee__isnull=True)),
        late=Count("pk", filter=Q(next_warn_at__lte=at)),
        waiting=Count("pk", filter=Q(state=moves.WAITING_CUSTOMER)),
        all=Count("pk"),
    )
    return found


def filtered(tickets: QuerySet[Ticket], filters: Filters) -> QuerySet[Ticket]:
    """Narrow tickets by the filters (the view aside)."""
    plain = {
        "state": filters.state,
        "priority": filters.priority,
        "category__code": filters.category,
        "team": filters.team,
        "assignee": filters.assignee,
        "channel": filters.channel,
        "customer__number": filters.customer,
    }
    tickets = tickets.filter(**{column: value for column, value in plain.items() if value})
    if filters.tag:
        tickets = tickets.filter(tags__contains=[filters.tag])
    text = filters.q.strip()
    if not text:
        return tickets
    meant = Q(number__iendswith=text) | Q(subject__icontains=text)
    return tickets.filter(meant | search.of_rows(text))


def page(tickets: QuerySet[Ticket], *, size: int, after: str = "", before: str = "") -> Page:
    """Return one page, what is due first before the rest; cursors are `<microseconds>.<id>`."""
    rows = (
        tickets.alias(due=Coalesce("next_due_at", _FAR))
        .select_related("customer__area", "category", "assignee", "team")
        .prefetch_related("clocks")
    )
    edge = _edge(before)
    if edge is not None:
        due, pk = edge
        beyond = rows.filter(Q(due__lt=due) | Q(due=due, pk__lt=pk)).order_by("-due", "-pk")
        found = list(beyond[: size + 1])
        has_newer, found = len(found) > size, found[:size][::-1]
        return Page(
            found, newer=_cursor(found, 0, has_newer), older=_cursor(found, -1, bool(found))
        )
    edge = _edge(after)
    if edge is not None:
        due, pk = edge
        rows = rows.filter(Q(due__gt=due) | Q(due=due, pk__gt=pk))
    found = list(rows.order_by("due", "pk")[: size + 1])
    has_older, found = len(found) > size, found[:size]
    return Page(
        found, newer=_cursor(found, 0, edge is not None), older=_cursor(found, -1, has_older)
    )


def sla_state(ticket: Ticket, *, at: datetime) -> str:
    """Return how a ticket's promises stand, as a badge of kind `sla`; "" where none runs."""
    if ticket.is_waiting:
        return "PAUSED"
    if ticket.next_due_at is None:
        return ""
    if ticket.next_due_at <= at:
        return "BREACHED"
    is_soon = ticket.next_warn_at is not None and ticket.next_warn_at <= at
    return "DUE_SOON" if is_soon else "ON_TRACK"


def soonest(ticket: Ticket) -> TicketClock | None:
    """Return the clock that decides about a ticket: due first, or the one that pauses."""
    clocks: Sequence[TicketClock] = [one for one in ticket.clocks.all() if not one.is_over]
    running = [one for one in clocks if one.due_at is not None]
    if running:
        return min(running, key=lambda one: (one.due_at or _FAR, one.pk))
    return next(iter(clocks), None)


def _edge(cursor: str) -> tuple[datetime, int] | None:
    stamp, pk = (digits.row_id(part) for part in cursor.partition(".")[::2])
    if stamp is None or pk is None:
        return None
    try:
        return datetime.fromtimestamp(stamp // 10**6, UTC).replace(microsecond=stamp % 10**6), pk
    except (OverflowError, ValueError, OSError):
        return None


def _cursor(rows: Sequence[Ticket], place: int, is_there: bool) -> str:
    if not rows or not is_there:
        return ""
    due = rows[place].next_due_at or _FAR
    return f"{int(due.timestamp()) * 10**6 + due.microsecond}.{rows[place].pk}"
