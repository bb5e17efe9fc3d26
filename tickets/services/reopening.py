"""A resolved ticket that was not: reopened by its customer or by staff, for seven days."""

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from tickets.models import TeamMember, Ticket
from tickets.rules import moves
from tickets.services import assignment, clocks, desk

_SAVED = [*clocks.DUE_FIELDS, "state", "times_reopened", "resolved_at", "resolved_by", "cause"]


class TooLate(DomainError):
    """The seven days are over: a new ticket is the way."""


@transaction.atomic
def reopen(*, ticket: Ticket, act: Act[User]) -> Ticket:
    """Open a resolved ticket again, for a reason. Raises ReasonMissing, WrongState, TooLate."""
    act = act.because(trail.required_reason(act.reason))
    ticket = desk.begin(ticket, act=act)
    reopen_locked(ticket, act=act)
    return ticket


def reopen_locked(ticket: Ticket, *, act: Act) -> None:
    """Open a locked ticket again; whoever is gone is not asked once more."""
    if not ticket.is_resolved or ticket.resolved_at is None:
        raise desk.wrong(ticket)
    if not moves.may_reopen(ticket.resolved_at, on=act.on, zone=clock.zone()):
        raise TooLate(_("This was resolved more than seven days ago. Open a new ticket."))
    desk.move(ticket, moves.REOPENED)
    ticket.times_reopened += 1
    ticket.resolved_at = ticket.resolved_by = None
    ticket.cause = ""
    clocks.reopened(ticket, at=act.at)
    ticket.save(update_fields=_SAVED)
    if ticket.assignee is not None and _is_gone(ticket.assignee):
        ticket.assignee = None
        ticket.save(update_fields=["assignee"])
        assignment.give(ticket, act=act)
    desk.note(ticket, "reopened", act=act, after={"state": ticket.state})


def _is_gone(person: User) -> bool:
    away = TeamMember.objects.filter(user=person, away_since__isnull=False)
    return not person.is_active or away.exists()
