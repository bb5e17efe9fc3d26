"""The windows a customer may choose for a job, and how many of each are free. Company time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

SLOTS = ((time(9), time(12)), (time(12), time(15)), (time(15), time(18)))
DAYS = 14  # ahead, tomorrow the first
JOBS_A_TECHNICIAN = 2  # in one slot
MOST_MOVES = 2  # by the customer, of one job
TOO_LATE = timedelta(hours=4)  # before the window begins
MOVABLE = frozenset({"PENDING", "ASSIGNED"})


@dataclass(frozen=True)
class Free:
    """A slot of a day with how many more jobs fit into it."""

    on: date
    start: time
    end: time
    places: int


def free_places(*, working: int, starting: int) -> int:
    """Return how many more jobs a slot takes, with so many at work and so many starting in it."""
    return max(0, JOBS_A_TECHNICIAN * working - starting)


def days_from(today: date) -> Sequence[date]:
    """Return the days a customer may choose among."""
    return [today + timedelta(days=number) for number in range(1, DAYS + 1)]


def refusal(*, state: str, moves: int, window_start: datetime | None, at: datetime) -> str:
    """Return why the customer may not move a job: "state", "often", "late", or "" when they may."""
    if state not in MOVABLE:
        return "state"
    if moves >= MOST_MOVES:
        return "often"
    if window_start is not None and window_start - at < TOO_LATE:
        return "late"
    return ""
