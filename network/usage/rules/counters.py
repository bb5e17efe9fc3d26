"""What a reading of a session's counters adds to what was read before.

Both counters of a session rise until it ends; a new session begins at nothing. Between two
readings a session may have ended, its router rebooted, somebody reset its counters, or a counter
of 32 bits begun again. Whatever happened, no byte is counted twice.
"""

from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

GAP = timedelta(minutes=15)
"""So long without a reading is a gap."""
MOST_AHEAD = timedelta(minutes=10)
MOST_MBPS = 10_000
"""Faster than this nothing was: the reading is wrong and only a new base line."""
SIGN_ON_ACCURACY = timedelta(seconds=60)
"""A sign-on is known to this; a router tells how long ago it was in whole seconds."""
_READ_TOGETHER = timedelta(seconds=2)  # a router's sessions and counters are read one by one


class Reading(NamedTuple):
    """A session's counters (bytes of the customer) when our server had the answer.

    `session` is the router's own name of it, empty where it gives none; `router` is our id.
    """

    router: int
    session: str
    began_at: datetime
    upload: int
    download: int
    at: datetime


class Sold(NamedTuple):
    """The speed sold, in Mbit/s, and how many bits the router's counters have."""

    upload_mbps: int
    download_mbps: int
    counter_bits: int = 64


class Verdict(Enum):
    """What became of a reading."""

    COUNTED = "counted"
    FASTER = "faster"  # counted, though faster than twice what was sold
    BASE = "base"  # the first of the line: counted from here on
    REFUSED = "refused"  # impossibly fast: a new base line
    LATE = "late"  # not later than the last one, or from the future


class Delta(NamedTuple):
    """Bytes that flowed in (since, until]."""

    upload: int
    download: int
    since: datetime
    verdict: Verdict
    is_new_session: bool


def is_timely(last_at: datetime | None, at: datetime, *, now: datetime) -> bool:
    """Tell whether a reading may count: later than the last one, and not from the future."""
    return (last_at is None or at > last_at) and at <= now + MOST_AHEAD


def delta(
    last: Reading | None, reading: Reading, *, router_read_at: datetime | None, sold: Sold
) -> Delta:
    """Return what a timely reading adds.

    `last` is the line's last reading, on whichever router; `router_read_at` is when this router
    was last read, so that a line which came between two polls counts from its sign-on.
    """
    known_at = router_read_at if last is None else last.at
    if known_at is None:
        return Delta(0, 0, reading.at, Verdict.BASE, is_new_session=True)
    if last is not None and _goes_on(last, reading):
        seconds = _seconds(last.at, reading.at)
        return _judged(
            _grown(last.upload, reading.upload, sold.upload_mbps, sold.counter_bits, seconds),
            _grown(last.download, reading.download, sold.download_mbps, sold.counter_bits, seconds),
            last.at,
            reading,
            sold,
            is_new_session=last.session != reading.session,
        )
    if reading.began_at + _READ_TOGETHER < known_at:
        return Delta(0, 0, reading.at, Verdict.BASE, is_new_session=True)
    since = min(max(reading.began_at, known_at), reading.at)
    return _judged(reading.upload, reading.download, since, reading, sold, is_new_session=True)


def _goes_on(last: Reading, reading: Reading) -> bool:
    """Tell whether a reading is of the session read last, or of the one that took its place
    between the reading of the sessions and that of the counters."""
    if last.router != reading.router or reading.began_at > last.at:
        return False
    if last.session and reading.session:
        return last.session == reading.session or reading.began_at + _READ_TOGETHER >= last.at
    return abs(reading.began_at - last.began_at) <= SIGN_ON_ACCURACY


def _grown(before: int, now: int, sold_mbps: int, bits: int, seconds: float) -> int:
    """Return how much a counter has grown; smaller than before it began anew."""
    if now >= before:
        return now - before
    if bits == 32:
        wrapped = 2**32 - before + now
        if wrapped * 8 <= 2 * sold_mbps * 1_000_000 * seconds:
            return wrapped
    return now


def _judged(
    upload: int,
    download: int,
    since: datetime,
    reading: Reading,
    sold: Sold,
    *,
    is_new_session: bool = False,
) -> Delta:
    megabits = 8 / _seconds(since, reading.at) / 1_000_000
    if max(upload, download) * megabits > MOST_MBPS:
        return Delta(0, 0, reading.at, Verdict.REFUSED, is_new_session)
    is_faster = (
        upload * megabits > 2 * sold.upload_mbps or download * megabits > 2 * sold.download_mbps
    )
    verdict = Verdict.FASTER if is_faster else Verdict.COUNTED
    return Delta(upload, download, since, verdict, is_new_session)


def _seconds(since: datetime, until: datetime) -> float:
    return max((until - since).total_seconds(), 1.0)
