"""One clock of a ticket: how much of its time is used, when it is due, what a change does to it.

`allowed_seconds` is the target in business seconds, or more where a floor was granted after a
change; `used_seconds` are those counted until the clock last started to run.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from tickets.rules import sla
from tickets.rules.sla import Calendar

WARN_AT = 0.75
"""The share of its time after which a clock warns."""

FLOOR_SECONDS = {"FIRST": 15 * 60, "NEXT": 15 * 60, "RESOLUTION": 60 * 60}
"""What is left at the least after a change of the target, or after a reopening."""


@dataclass(frozen=True)
class Hand:
    """Where a clock stands. `running_since` is None while it is stopped or pauses."""

    allowed_seconds: int
    used_seconds: int = 0
    running_since: datetime | None = None


def used(hand: Hand, calendar: Calendar, *, at: datetime) -> int:
    """Return the business seconds used until now."""
    if hand.running_since is None:
        return hand.used_seconds
    return hand.used_seconds + sla.seconds_between(calendar, hand.running_since, at)


def left(hand: Hand, calendar: Calendar, *, at: datetime) -> int:
    """Return the business seconds that are left; below zero once it is late."""
    return hand.allowed_seconds - used(hand, calendar, at=at)


def due(hand: Hand, calendar: Calendar) -> datetime | None:
    """Return the moment the time is used up; None while the clock does not run."""
    return _reaches(hand, calendar, hand.allowed_seconds)


def warns(hand: Hand, calendar: Calendar) -> datetime | None:
    """Return the moment three quarters are used; None while the clock does not run."""
    return _reaches(hand, calendar, int(hand.allowed_seconds * WARN_AT))


def doubles(hand: Hand, calendar: Calendar) -> datetime | None:
    """Return the moment twice the time is used; None while the clock does not run."""
    return _reaches(hand, calendar, 2 * hand.allowed_seconds)


def paused(hand: Hand, calendar: Calendar, *, at: datetime) -> Hand:
    """Return the clock stopped; what it has used stays."""
    return replace(hand, used_seconds=used(hand, calendar, at=at), running_since=None)


def started(hand: Hand, *, at: datetime, floor_seconds: int = 0) -> Hand:
    """Return the clock running again from `at`, with at least the floor left (business seconds)."""
    allowed = max(hand.allowed_seconds, hand.used_seconds + floor_seconds)
    return Hand(allowed, hand.used_seconds, at)


def retargeted(
    hand: Hand,
    calendar: Calendar,
    *,
    target_seconds: int,
    at: datetime,
    floor_seconds: int,
    is_more_urgent: bool,
) -> Hand:
    """Return the clock with another target; used time stays.

    It is due no sooner than the floor after the change, yet not later than before where the
    priority rose.
    """
    gone = used(hand, calendar, at=at)
    allowed = max(target_seconds, gone + floor_seconds)
    if is_more_urgent:
        allowed = min(allowed, hand.allowed_seconds)
    running = at if hand.running_since is not None else None
    return Hand(allowed, gone, running)


def _reaches(hand: Hand, calendar: Calendar, seconds: int) -> datetime | None:
    if hand.running_since is None:
        return None
    return sla.after(calendar, hand.running_since, seconds - hand.used_seconds)
