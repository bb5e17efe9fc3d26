"""Each minute: who hears that a promise is nearly, or already, broken. Once a clock and level."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet

from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from tickets.models import Ticket, TicketClock
from tickets.services import announcing, assignment, desk


@dataclass(frozen=True)
class Level:
    """A step: the column that keeps that it was taken, and whether it is time for it."""

    name: str
    done: str
    is_time: Callable[[datetime], Q]


LEVELS = (
    Level("warned", "warned_at", lambda at: Q(warn_at__lte=at)),
    Level("breached", "told_breach_at", lambda at: Q(due_at__lte=at)),
    Level("escalated", "escalated_at", lambda at: Q(double_at__lte=at)),
)


def escalate(*, act: Act) -> int:
    """Take every step whose time has come; hand out what nobody has. Return how many steps."""
    taken = 0
    for level in LEVELS:
        for pk in _waiting(level, act.at).order_by("pk").values_list("pk", flat=True):
            taken += _take(pk, level, act=act)
    assignment.hand_out(act=act)
    return taken


def _waiting(level: Level, at: datetime) -> QuerySet[TicketClock]:
    running = TicketClock.objects.filter(running_since__isnull=False, **{level.done: None})
    return running.filter(level.is_time(at))


@transaction.atomic
def _take(pk: int, level: Level, *, act: Act) -> int:
    trail.begin(act=act)
    changed: dict[str, object] = {level.done: act.at}
    if level.name == "breached":
        changed["breached_at"] = F("due_at")  # however late the job
    if not _waiting(level, act.at).filter(pk=pk).update(**changed):
        return 0
    clock = TicketClock.objects.select_related(
        "ticket__assignee", "ticket__team__lead", "ticket__customer", "ticket__branch__manager"
    ).get(pk=pk)
    desk.note(clock.ticket, level.name, act=act, after={"clock": clock.kind})
    if _is_overtaken(clock, level, act.at):
        return 1
    people = _told(clock.ticket, level)
    announcing.rings(clock, people, level=level.name, act=act)
    if level.name != "warned":
        announcing.late(clock, people, level=level.name, at=act.at)
    return 1


def _is_overtaken(clock: TicketClock, level: Level, at: datetime) -> bool:
    """Tell whether the next step's time has come too: whoever is told of that is told once."""
    after = {"warned": clock.due_at, "breached": clock.double_at}.get(level.name)
    return after is not None and after <= at


def _told(ticket: Ticket, level: Level) -> list[User]:
    """Return whom a step is told to: who can act and who leads, then the manager, then owners."""
    people = [ticket.assignee, ticket.team.lead if ticket.team else None]
    if level.name != "warned":
        people.append(ticket.branch.manager)
    found = {one.pk: one for one in people if one is not None and one.is_active}
    if level.name == "escalated":
        owners = User.objects.filter(role=User.Role.OWNER, is_active=True)
        found |= {one.pk: one for one in owners}
    return [found[pk] for pk in sorted(found)]
