"""The clocks of a ticket: started, stopped, paused, and set to another target.

Every function works on a ticket that its caller has locked, and leaves the soonest due moment on
it (`next_due_at`, `next_warn_at`), which the caller saves with what else has changed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Max

from tickets.models import Ticket, TicketClock
from tickets.queries import calendars
from tickets.rules import clocks, policies
from tickets.rules.clocks import FLOOR_SECONDS, Hand
from tickets.rules.policies import Policy
from tickets.rules.sla import Calendar

Kind, Outcome = TicketClock.Kind, TicketClock.Outcome
DUE_FIELDS = ["next_due_at", "next_warn_at"]

_HAND = ["allowed_seconds", "used_seconds", "running_since", "due_at", "warn_at", "double_at"]
_END = [*_HAND, "stopped_at", "outcome", "breached_at"]


def begin(ticket: Ticket, *, at: datetime, is_met_at_once: bool) -> None:
    """Start the clocks of a new ticket; a customer one has spoken to has had an answer."""
    policy = calendars.policy_of(ticket)
    first = _made(ticket, Kind.FIRST, policy, at=at)
    if first is not None and is_met_at_once:
        first.is_counted = False
        first.save(update_fields=["is_counted"])
        _end(first, calendar_for(ticket, first), at=at)
    _made(ticket, Kind.RESOLUTION, policy, at=at)
    note_due(ticket)


def answered(ticket: Ticket, *, at: datetime) -> None:
    """Stop the clocks that wait for a person's word."""
    for row in _open(ticket, Kind.FIRST, Kind.NEXT):
        _end(row, calendar_for(ticket, row), at=at)
    ticket.unanswered_since = None
    note_due(ticket)


def customer_wrote(ticket: Ticket, *, at: datetime) -> None:
    """Start waiting for the next answer, unless an earlier word of the customer waits already."""
    if ticket.unanswered_since is None:
        ticket.unanswered_since = at
    if not list(_open(ticket, Kind.FIRST, Kind.NEXT)):
        _made(ticket, Kind.NEXT, calendars.policy_of(ticket), at=at)
    note_due(ticket)


def pause(ticket: Ticket, *, at: datetime) -> None:
    """Let the time for the resolution stand still, while we wait for the customer."""
    for row in _open(ticket, Kind.RESOLUTION):
        calendar = calendar_for(ticket, row)
        if row.running_since is not None and row.due_at is not None and at > row.due_at:
            row.breached_at = row.breached_at or row.due_at
            row.save(update_fields=["breached_at"])
        _set(row, clocks.paused(row.hand, calendar, at=at), calendar)
    note_due(ticket)


def resume(ticket: Ticket, *, at: datetime) -> None:
    """Let the time for the resolution run on."""
    for row in _open(ticket, Kind.RESOLUTION):
        if row.running_since is None:
            _set(row, clocks.started(row.hand, at=at), calendar_for(ticket, row))
    note_due(ticket)


def resolved(ticket: Ticket, *, at: datetime, is_answer: bool) -> None:
    """End all clocks: a resolution by a person is an answer too, the customer's own is none."""
    for row in _open(ticket, *Kind):
        if row.kind != Kind.RESOLUTION and not is_answer:
            _void(row, at=at)
        else:
            _end(row, calendar_for(ticket, row), at=at)
    ticket.unanswered_since = None
    note_due(ticket)


def void(ticket: Ticket, *, at: datetime) -> None:
    """End what runs without a judgement: the ticket is not answered here. Breaches stay."""
    for row in _open(ticket, *Kind):
        _void(row, at=at)
    note_due(ticket)


def reopened(ticket: Ticket, *, at: datetime) -> None:
    """Let the resolution run on from where it was; what was met is judged again."""
    row = ticket.clocks.filter(kind=Kind.RESOLUTION).first()
    if row is None:
        return
    row.stopped_at, row.outcome = None, ""
    row.save(update_fields=["stopped_at", "outcome"])
    hand = Hand(row.allowed_seconds, row.used_seconds)
    floor = FLOOR_SECONDS[Kind.RESOLUTION]
    _set(row, clocks.started(hand, at=at, floor_seconds=floor), calendar_for(ticket, row))
    note_due(ticket)


def rematch(ticket: Ticket, *, at: datetime, is_more_urgent: bool) -> None:
    """Bring what runs to the targets that hold for the ticket as it is now; used time stays."""
    policy = calendars.policy_of(ticket)
    for row in _open(ticket, *Kind):
        minutes = policy.targets.of(row.kind)
        if minutes is None:
            _void(row, at=at)
            continue
        row.is_around_the_clock = policy.is_around_the_clock
        row.target_minutes = minutes
        row.save(update_fields=["is_around_the_clock", "target_minutes"])
        calendar = calendar_for(ticket, row)
        hand = clocks.retargeted(
            row.hand,
            calendar,
            target_seconds=minutes * 60,
            at=at,
            floor_seconds=FLOOR_SECONDS[row.kind],
            is_more_urgent=is_more_urgent,
        )
        _set(row, hand, calendar)
    note_due(ticket)


def recalculate(ticket: Ticket) -> None:
    """Set what runs anew after the hours or holidays have changed; what has ended stays."""
    for row in _open(ticket, *Kind):
        _set(row, row.hand, calendar_for(ticket, row))
    note_due(ticket)


def note_due(ticket: Ticket) -> None:
    """Keep on the ticket which of its clocks is due first, and when that one warns."""
    running = ticket.clocks.filter(running_since__isnull=False).order_by("due_at").first()
    ticket.next_due_at = running.due_at if running else None
    ticket.next_warn_at = running.warn_at if running else None


def calendar_for(ticket: Ticket, row: TicketClock) -> Calendar:
    """Return the calendar a clock runs by."""
    if row.is_around_the_clock:
        return calendars.around_the_clock()
    since = (ticket.opened_at - timedelta(days=1)).date()
    return calendars.of_branch(ticket.branch_id, since=since)


def _made(ticket: Ticket, kind: str, policy: Policy, *, at: datetime) -> TicketClock | None:
    minutes = policy.targets.of(kind)
    if minutes is None:
        return None
    latest = ticket.clocks.filter(kind=kind).aggregate(latest=Max("cycle"))["latest"] or 0
    row = TicketClock(
        ticket=ticket,
        customer_id=ticket.customer_id,
        kind=kind,
        cycle=latest + 1,
        target_minutes=minutes,
        allowed_seconds=minutes * 60,
        is_around_the_clock=policy.is_around_the_clock,
        started_at=at,
    )
    _place(row, clocks.started(row.hand, at=at), calendar_for(ticket, row))
    row.save(force_insert=True)
    return row


def _open(ticket: Ticket, *kinds: str) -> Iterable[TicketClock]:
    return ticket.clocks.filter(kind__in=kinds, stopped_at__isnull=True).order_by("pk")


def _set(row: TicketClock, hand: Hand, calendar: Calendar) -> None:
    _place(row, hand, calendar)
    row.save(update_fields=_HAND)


def _place(row: TicketClock, hand: Hand, calendar: Calendar) -> None:
    row.allowed_seconds, row.used_seconds = hand.allowed_seconds, hand.used_seconds
    row.running_since = hand.running_since
    row.due_at = clocks.due(hand, calendar)
    row.warn_at = clocks.warns(hand, calendar)
    row.double_at = clocks.doubles(hand, calendar)


def _end(row: TicketClock, calendar: Calendar, *, at: datetime) -> None:
    """Judge a clock: met when it stopped no later than it was due."""
    due, hand = row.due_at, clocks.paused(row.hand, calendar, at=at)
    is_late = due is not None and at > due
    _place(row, hand, calendar)
    row.due_at, row.stopped_at = due, at
    row.breached_at = row.breached_at or (due if is_late else None)
    row.outcome = Outcome.BREACHED if row.breached_at else Outcome.MET
    row.save(update_fields=_END)


def _void(row: TicketClock, *, at: datetime) -> None:
    row.running_since = None
    row.stopped_at, row.outcome = at, Outcome.VOID
    row.save(update_fields=["running_since", "stopped_at", "outcome"])


def is_more_urgent(ticket: Ticket, than: str) -> bool:
    """Tell whether a ticket's priority is above another."""
    return policies.is_more_urgent(ticket.priority, than)
