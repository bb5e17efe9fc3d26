"""The states of a ticket and the moves between them."""

from datetime import date, datetime, timedelta, tzinfo

OPEN, IN_PROGRESS, WAITING_CUSTOMER = "OPEN", "IN_PROGRESS", "WAITING_CUSTOMER"
RESOLVED, REOPENED, CLOSED = "RESOLVED", "REOPENED", "CLOSED"

LIVE = (OPEN, IN_PROGRESS, WAITING_CUSTOMER, REOPENED)
"""States in which somebody still has something to do."""

WORKED = (OPEN, IN_PROGRESS, REOPENED)
"""States in which it is the house that has something to do: the clocks run."""

REOPEN_DAYS = 7
REMIND_AFTER_DAYS = 3
GIVE_UP_AFTER_DAYS = 7

_MOVES: dict[str, frozenset[str]] = {
    OPEN: frozenset({IN_PROGRESS, WAITING_CUSTOMER, RESOLVED, CLOSED}),
    IN_PROGRESS: frozenset({WAITING_CUSTOMER, RESOLVED, CLOSED}),
    REOPENED: frozenset({IN_PROGRESS, WAITING_CUSTOMER, RESOLVED, CLOSED}),
    WAITING_CUSTOMER: frozenset({OPEN, IN_PROGRESS, RESOLVED, CLOSED}),
    RESOLVED: frozenset({REOPENED, CLOSED}),
    CLOSED: frozenset(),
}


def is_allowed(before: str, after: str) -> bool:
    """Tell whether a ticket may go from one state to another."""
    return after in _MOVES[before]


def resumed(*, is_assigned: bool) -> str:
    """Return the state of a ticket whose customer has answered."""
    return IN_PROGRESS if is_assigned else OPEN


def last_day_to_reopen(resolved_at: datetime, zone: tzinfo) -> date:
    """Return the company's last day on which a resolved ticket may be reopened, inclusive."""
    return resolved_at.astimezone(zone).date() + timedelta(days=REOPEN_DAYS)


def may_reopen(resolved_at: datetime, *, on: date, zone: tzinfo) -> bool:
    """Tell whether a resolved ticket may still be reopened on a company's day."""
    return on <= last_day_to_reopen(resolved_at, zone)
