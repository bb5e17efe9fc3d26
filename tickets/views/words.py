"""A ticket in words: how its promises stand, what a row of a list shows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ispbill.core import clock, formats
from tickets.models import Ticket, TicketClock
from tickets.queries import categories, queue


@dataclass(frozen=True)
class Row:
    """A ticket as a list shows it. `sla` is a badge's code, `left` says the time in words."""

    ticket: Ticket
    category: str
    sla: str
    left: str


def row(ticket: Ticket, *, at: datetime) -> Row:
    """Return a ticket (with its clocks at hand) as a row."""
    state = queue.sla_state(ticket, at=at) if ticket.is_live else ""
    return Row(ticket, categories.named(ticket.category), state, left(ticket, at=at))


def left(ticket: Ticket, *, at: datetime) -> str:
    """Say how long is left of what is promised first; "" where nothing is."""
    first = queue.soonest(ticket) if ticket.is_live else None
    return of_clock(first, at=at) if first is not None else ""


def of_clock(promised: TicketClock, *, at: datetime) -> str:
    """Say how long is left of one promise: until it is due, since then, or while it pauses."""
    if promised.due_at is None:
        seconds = promised.allowed_seconds - promised.used_seconds
        return _("paused, %(time)s left") % {"time": length(timedelta(seconds=max(0, seconds)))}
    if promised.due_at <= at:
        return _("%(time)s late") % {"time": length(at - promised.due_at)}
    return _("%(time)s left") % {"time": length(promised.due_at - at)}


def length(span: timedelta) -> str:
    """Return a span by its two largest units, in the reader's words and digits."""
    return formats.duration(max(span, timedelta()), get_language() or "en")


def promise(ticket: Ticket, *, at: datetime) -> str:
    """Say to the customer by when we answer, or that it is late."""
    if not ticket.is_live or ticket.is_waiting or ticket.next_due_at is None:
        return ""
    if ticket.next_due_at <= at:
        return _("This takes longer than we promised. We are on it.")
    by = formats.moment(ticket.next_due_at, clock.zone(), get_language() or "en")
    return _("You hear from us by %(moment)s.") % {"moment": by}
