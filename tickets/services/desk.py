"""What every act on a ticket begins and ends with: the lock, the trail, the event."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from tickets.models import Ticket
from tickets.rules import moves


class WrongState(Stale):
    """The ticket is in a state from which this is no move."""


class TextMissing(DomainError):
    """An answer says something."""


MOST_TEXT = 20_000


def begin(ticket: Ticket, *, act: Act) -> Ticket:
    """Name who acts, lock the ticket, and return it as it is now."""
    trail.begin(act=act)
    return (
        Ticket.objects.select_for_update(no_key=True, of=("self",))
        .select_related("customer", "category", "team")
        .get(pk=ticket.pk)
    )


def move(ticket: Ticket, state: str) -> None:
    """Bring a locked ticket to a state. Raises WrongState, naming the one it is in."""
    if not moves.is_allowed(ticket.state, state):
        raise wrong(ticket)
    ticket.state = state


def wrong(ticket: Ticket) -> WrongState:
    """Return the refusal that names the state a ticket is in."""
    said = _("%(number)s is now “%(state)s”. Look at it again.")
    return WrongState(said % {"number": ticket.number, "state": ticket.get_state_display()})


def note(
    ticket: Ticket,
    action: str,
    *,
    act: Act,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write the audit event of an act; pages that show the ticket hear of it."""
    events.record(
        act=act,
        action=f"ticket.{action}",
        target=ticket,
        label=ticket.number,
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
    )


def said(text: str) -> str:
    """Return a text without the blanks around it. Raises TextMissing."""
    text = text.strip()
    if not text:
        raise TextMissing(_("Write something first."))
    if len(text) > MOST_TEXT:
        raise TextMissing(_("The text is too long."))
    return text
