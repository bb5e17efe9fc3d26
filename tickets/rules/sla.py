"""Business time: how much of it has passed, and when a target of it is used up.

A calendar says when the house is open. Spans are minutes of a local day, `[opens, closes)`; a day
that is a holiday, or has no span, is closed. Lengths are seconds; moments are in UTC.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

Spans = tuple[tuple[int, int], ...]
_FARTHEST_DAYS = 3_700


@dataclass(frozen=True)
class Calendar:
    """When business time runs. `opening` by weekday (Monday 0); None: round the clock."""

    zone: tzinfo
    opening: Mapping[int, Spans] | None = None
    holidays: frozenset[date] = frozenset()

    @property
    def is_always_open(self) -> bool:
        """Tell whether time runs at every hour; holidays then count like any day."""
        return self.opening is None


def seconds_between(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Return the business seconds from `start` to `end`; 0 when `end` is not later."""
    if end <= start:
        return 0
    if calendar.is_always_open:
        return int((end - start).total_seconds())
    passed = timedelta()
    for opens, closes in _open_from(calendar, start):
        if opens >= end:
            break
        passed += min(closes, end) - max(opens, start)
    return int(passed.total_seconds())


def after(calendar: Calendar, start: datetime, seconds: int) -> datetime:
    """Return the earliest moment at which so many business seconds have passed since `start`.

    That is a closing time rather than the next opening. Raises ValueError for a calendar that
    never opens.
    """
    left = timedelta(seconds=max(0, seconds))
    if calendar.is_always_open or not left:
        return start + left
    for opens, closes in _open_from(calendar, start):
        begins = max(opens, start)
        if closes - begins >= left:
            return begins + left
        left -= closes - begins
    raise ValueError("the calendar never opens")


def _open_from(calendar: Calendar, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the stretches of open time that end after `start`, in order, as UTC moments."""
    first = start.astimezone(calendar.zone).date()
    for ahead in range(_FARTHEST_DAYS):
        day = first + timedelta(days=ahead)
        if day in calendar.holidays:
            continue
        for opens, closes in sorted((calendar.opening or {}).get(day.weekday(), ())):
            stretch = _moment(calendar, day, opens), _moment(calendar, day, closes)
            if stretch[1] > start:
                yield stretch


def _moment(calendar: Calendar, day: date, minute: int) -> datetime:
    """Return a minute of a local day in UTC; minute 1440 is the next midnight."""
    day += timedelta(days=minute // 1440)
    hours, minutes = divmod(minute % 1440, 60)
    return datetime.combine(day, time(hours, minutes), calendar.zone).astimezone(UTC)
