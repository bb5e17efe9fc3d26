"""Which hour, and which five minutes, bytes belong to.

Bytes are spread by time over the span in which they flowed. The running share is floored at each
boundary, so that the parts are whole and their sum is what was read.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
SLOT = timedelta(minutes=5)


def hour_start(at: datetime, zone: ZoneInfo) -> datetime:
    """Return when the hour of the local clock began, in UTC."""
    local = at.astimezone(zone)
    return local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)


def slot_start(at: datetime) -> datetime:
    """Return when the five minutes began, in UTC."""
    at = at.astimezone(UTC)
    return at.replace(minute=at.minute - at.minute % 5, second=0, microsecond=0)


def day_span(on: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return a local day as UTC moments `[start, end)`: 23 to 25 hours."""
    return _midnight(on, zone), _midnight(on + timedelta(days=1), zone)


def hours_of(on: date, zone: ZoneInfo) -> list[datetime]:
    """Return the starts of a local day's hours, in UTC; the repeated hour is there twice."""
    start, end = day_span(on, zone)
    return [start + HOUR * number for number in range(round((end - start) / HOUR))]


def cuts(first: datetime, until: datetime, *, step: timedelta) -> list[datetime]:
    """Return the starts of the boxes up to `until`; `first` begins the one the span begins in.

    A moment on a boundary belongs to the box that ends there.
    """
    found = [first]
    while found[-1] + step < until:
        found.append(found[-1] + step)
    return found


def shares(
    total: int, since: datetime, until: datetime, *, starts: list[datetime], step: timedelta
) -> Iterator[tuple[datetime, int]]:
    """Return (box, bytes) for each box of `cuts`."""
    if len(starts) == 1:
        yield starts[0], total
        return
    span = (until - since) // timedelta(microseconds=1)
    given = 0
    for start in starts[:-1]:
        passed = (start + step - since) // timedelta(microseconds=1)
        running = total * passed // span
        yield start, running - given
        given = running
    yield starts[-1], total - given


def _midnight(on: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, time(), tzinfo=zone).astimezone(UTC)
