"""Prepaid time: when it is over, which days past it were used all the same, where to go on.

Days are company dates; ranges are half-open. Nothing here knows money: a period costs what the
house's one plan of a billing run says it costs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Days = tuple[date, date]
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Start:
    """Where the next period of a service is reckoned from, and the days lent before it.

    `reckoned_on` is `on` less as many days as were lent, so that a whole period from there ends
    earlier by them: lent days are taken off the period paid for next. With nothing skipped in
    between it is simply the day the time was over.
    """

    reckoned_on: date
    lent: tuple[Days, ...] = ()


def closes_at(expiry: date, *, grace_hours: int, zone: ZoneInfo) -> datetime:
    """Return the moment a line closes whose time is over on `expiry`: that day begins, and grace.

    Grace hours are hours of the clock on the wall's time line (UTC), so a change to summer time
    neither gives nor takes one.
    """
    begins = datetime.combine(expiry, time(), tzinfo=zone)
    return datetime.fromtimestamp(begins.timestamp() + grace_hours * 3600, tz=zone)


def days_in_use(since: date, on: date, off: Iterable[Days]) -> tuple[Days, ...]:
    """Return the ranges of `[since, on)` outside the ranges `off`, in order."""
    used: list[Days] = []
    at = since
    for start, end in sorted(off):
        if end <= at:
            continue
        if start >= on:
            break
        if start > at:
            used.append((at, start))
        at = max(at, end)
    if at < on:
        used.append((at, on))
    return tuple(used)


def count(ranges: Iterable[Days]) -> int:
    """Return how many days the ranges have in all."""
    return sum((end - start).days for start, end in ranges)


def start_after(expiry: date, on: date, off: Sequence[Days], *, at_most: int) -> Start:
    """Return where a service goes on that is renewed on `on`, after its time was over on `expiry`.

    `off` are the ranges of days it was switched off without being billed. Before its expiry, or
    when every day since was used, it goes on where it stopped. Otherwise the used days are lent:
    up to `at_most` of them (a period less a day) are taken off the new period.
    """
    if on <= expiry:
        return Start(expiry)
    used = days_in_use(expiry, on, off)
    if used == ((expiry, on),):
        return Start(expiry)
    given_back = min(count(used), at_most)  # lent days beyond one period cost nothing
    return Start(on - given_back * _DAY, used)
