"""Whose turn it is: the member who has waited longest for a ticket by the system."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

MOST_LIVE = 20
"""With so many live tickets (waiting ones not counted) nobody is given another."""


@dataclass(frozen=True)
class Member:
    """A member of a team. `last_at`: when the system last gave this one a ticket."""

    pk: int
    live: int
    is_away: bool = False
    last_at: datetime | None = None


_NEVER = datetime.min.replace(tzinfo=UTC)


def turn(members: Iterable[Member], *, most: int = MOST_LIVE) -> int | None:
    """Return who is next, by id; None when everybody is away or has enough to do."""
    free = [one for one in members if not one.is_away and one.live < most]
    chosen = min(free, key=lambda one: (one.last_at or _NEVER, one.pk), default=None)
    return chosen.pk if chosen else None
