"""When a condition becomes an alarm, when people are told again, and when it is over.

Source: operations-rules 5. All moments are the machine's own, UTC.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

CONFIRMED = timedelta(seconds=60)  # a second look, so far after the first
CRITICAL_AGAIN = timedelta(hours=4)
WELL_FOR = timedelta(minutes=5)
SAME_WITHIN = timedelta(minutes=30)  # back so soon, it is the same alarm once more
SILENT_AT_MOST = timedelta(hours=24)
MOST_AN_HOUR = 10  # alarms a person is told of on one channel; then one message for all others


class Tell(StrEnum):
    """What people are told after a look."""

    NOTHING = ""
    OPENED = "OPENED"
    WORSE = "WORSE"
    AGAIN = "AGAIN"
    OVER = "OVER"


@dataclass(frozen=True)
class Known:
    """What is known of one condition that is, or lately was, not well."""

    is_critical: bool
    seen_at: datetime
    opened_at: datetime | None = None  # none: seen once, not confirmed
    told_at: datetime | None = None
    well_since: datetime | None = None
    closed_at: datetime | None = None
    silent_until: datetime | None = None  # somebody has taken it on
    times: int = 1


@dataclass(frozen=True)
class Look:
    """One look at a condition; `mornings` is the last moment at which warnings are repeated."""

    at: datetime
    is_well: bool
    is_critical: bool
    is_sure: bool  # one look is enough: it is counted, not measured
    morning: datetime


def judge(known: Known | None, look: Look) -> tuple[Known | None, Tell]:
    """Return what is known after a look, and what people are told. None: there is nothing."""
    if look.is_well:
        return _well(known, look)
    if known is None or _is_long_over(known, look):
        known = Known(is_critical=look.is_critical, seen_at=look.at)
    if known.closed_at is not None:
        return _opened(replace(known, closed_at=None, times=known.times + 1), look)
    if known.opened_at is None:
        if look.is_sure or look.at - known.seen_at >= CONFIRMED:
            return _opened(known, look)
        return replace(known, is_critical=look.is_critical), Tell.NOTHING
    return _still(replace(known, well_since=None), look)


def _well(known: Known | None, look: Look) -> tuple[Known | None, Tell]:
    if known is None or known.closed_at is not None:
        return known, Tell.NOTHING
    if known.opened_at is None:
        return None, Tell.NOTHING
    since = known.well_since or look.at
    if look.at - since < WELL_FOR:
        return replace(known, well_since=since), Tell.NOTHING
    return replace(known, well_since=since, closed_at=look.at, silent_until=None), Tell.OVER


def _is_long_over(known: Known, look: Look) -> bool:
    return known.closed_at is not None and look.at - known.closed_at > SAME_WITHIN


def _opened(known: Known, look: Look) -> tuple[Known, Tell]:
    opened = replace(
        known,
        is_critical=look.is_critical,
        opened_at=known.opened_at or look.at,
        told_at=look.at,
        well_since=None,
    )
    return opened, Tell.OPENED


def _still(known: Known, look: Look) -> tuple[Known, Tell]:
    is_worse = look.is_critical and not known.is_critical
    known = replace(known, is_critical=look.is_critical)
    if is_worse:  # whoever took a warning on has not taken this on
        return replace(known, told_at=look.at, silent_until=None), Tell.WORSE
    if known.silent_until is not None and look.at < known.silent_until:
        return known, Tell.NOTHING
    told = known.told_at or look.at
    is_due = look.at - told >= CRITICAL_AGAIN if look.is_critical else told < look.morning
    if not is_due:
        return known, Tell.NOTHING
    return replace(known, told_at=look.at), Tell.AGAIN
