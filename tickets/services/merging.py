"""Two tickets about one thing become one: the older, where the conversation goes on."""

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from tickets.models import Comment, Ticket
from tickets.rules import moves
from tickets.services import announcing, clocks, conversation, desk, reopening

_MERGED = gettext_lazy("{number} was merged into this ticket.")
_SAVED = [*clocks.DUE_FIELDS, "state", "waiting_since", "closed_at", "merged_into", "cause"]


class NotMergeable(DomainError):
    """Only two tickets of one customer, of which the older is not closed."""


@transaction.atomic
def merge(*, one: Ticket, other: Ticket, act: Act[User]) -> Ticket:
    """Merge two tickets into the older one and return it; a resolved one is reopened.

    There is no way back. Raises ReasonMissing, NotMergeable, TooLate.
    """
    act = act.because(trail.required_reason(act.reason))
    if one.pk == other.pk or one.customer_id != other.customer_id:
        raise NotMergeable(_("Only two tickets of the same customer can be merged."))
    older, newer = sorted((one, other), key=lambda row: row.pk)
    target, source = desk.begin(older, act=act), desk.begin(newer, act=act)  # in order of id
    if target.is_closed:
        raise NotMergeable(_("%(number)s is closed.") % {"number": target.number})
    if not source.is_live:
        raise desk.wrong(source)
    if target.is_resolved:
        reopening.reopen_locked(target, act=act)
    _close(source, target, act=act)
    said = format_lazy(_MERGED, number=source.number)
    conversation.say_ours(target, said, by=Comment.By.SYSTEM, act=act)
    if source.unanswered_since is not None:
        clocks.customer_wrote(target, at=act.at)
        target.save(update_fields=[*clocks.DUE_FIELDS, "unanswered_since"])
    desk.note(target, "merged", act=act, after={"from": source.number})
    announcing.merged(source, target, at=act.at)
    return target


def last(ticket: Ticket) -> Ticket:
    """Return the ticket in which one is answered, after all mergings."""
    while ticket.merged_into is not None:
        ticket = ticket.merged_into
    return ticket


def _close(source: Ticket, target: Ticket, *, act: Act[User]) -> None:
    clocks.void(source, at=act.at)
    desk.move(source, moves.CLOSED)
    source.waiting_since, source.closed_at = None, act.at
    source.merged_into, source.cause = target, Ticket.Cause.MERGED
    source.save(update_fields=_SAVED)
    desk.note(source, "closed", act=act, after={"into": target.number})
    announcing.over(source, act=act)
