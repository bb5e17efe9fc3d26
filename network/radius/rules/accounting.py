"""What an accounting packet says of a session, beside what was known of it before.

Packets come twice, late, out of order and with zeros; counters of a session only rise, a closed
session never opens again, and no byte counts twice.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from network.usage.rules.counters import MOST_MBPS

WRAP = 2**32
STALE = timedelta(minutes=15)
"""So long silent it is shown grey."""
LOST = timedelta(minutes=30)
"""So long silent it is closed at its last update."""
ACCURACY = timedelta(seconds=60)


class Kind(StrEnum):
    """Acct-Status-Type, as FreeRADIUS writes it."""

    START = "Start"
    UPDATE = "Interim-Update"
    STOP = "Stop"
    ON = "Accounting-On"
    OFF = "Accounting-Off"


class Verdict(StrEnum):
    """What became of a packet."""

    NEW = "new"
    COUNTED = "counted"
    REPEATED = "repeated"
    LATE = "late"


class Speed(StrEnum):
    """How fast what a packet adds must have flowed."""

    SOUND = "sound"
    FASTER = "faster"  # than twice what is sold
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, kw_only=True)
class Packet:
    """A packet of one session: when it happened there, and its counters (the customer's bytes)."""

    kind: Kind
    at: datetime
    seconds: int = 0
    upload: int = 0
    download: int = 0

    @property
    def began_at(self) -> datetime:
        return self.at - timedelta(seconds=self.seconds)


@dataclass(frozen=True, kw_only=True)
class Session:
    """What is known of a session. `is_lost`: closed by our patience, not by a Stop."""

    began_at: datetime
    last_at: datetime
    seconds: int = 0
    upload: int = 0
    download: int = 0
    ended_at: datetime | None = None
    is_lost: bool = False


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A session after a packet, and what the packet added to it."""

    verdict: Verdict
    session: Session
    upload: int = 0
    download: int = 0


def total(octets: int, gigawords: int) -> int:
    """Return the bytes of a counter that is sent in two halves (RFC 2869)."""
    return gigawords * WRAP + octets


def happened_at(received_at: datetime, delay_seconds: int) -> datetime:
    """Return when it happened: the router tells how long it has been trying to tell us."""
    return received_at - timedelta(seconds=max(delay_seconds, 0))


def speed(upload: int, download: int, *, seconds: float, sold: tuple[int, int]) -> Speed:
    """Return how fast these bytes were. `sold`: Mbit/s up and down.

    Of a moment that is within the accuracy of a router's clock nobody says it was too fast.
    """
    megabits = 8 / seconds / 1_000_000
    if max(upload, download) * megabits > MOST_MBPS:
        return Speed.IMPOSSIBLE
    is_faster = upload * megabits > 2 * sold[0] or download * megabits > 2 * sold[1]
    return Speed.FASTER if is_faster and seconds >= ACCURACY.total_seconds() else Speed.SOUND


def judge(known: Session | None, packet: Packet) -> Judged:
    """Return the session after the packet; `known` is the latest with its id, if there is one."""
    if known is None or _is_another(known, packet):
        ended = packet.at if packet.kind is Kind.STOP else None
        made = Session(
            began_at=packet.began_at,
            last_at=packet.at,
            seconds=packet.seconds,
            upload=packet.upload,
            download=packet.download,
            ended_at=ended,
        )
        return Judged(
            verdict=Verdict.NEW, session=made, upload=packet.upload, download=packet.download
        )
    if packet.kind is Kind.START:
        return Judged(verdict=Verdict.REPEATED, session=known)
    if packet.kind is Kind.UPDATE and packet.seconds < known.seconds:
        return Judged(verdict=Verdict.LATE, session=known)
    return _gone_on(known, packet)


def _is_another(known: Session, packet: Packet) -> bool:
    """Tell whether a router uses an id again: this one began after all we know of the other.

    Only a Start may say that nothing has passed yet; a Stop of zeros does not know its session.
    """
    if not packet.seconds and packet.kind is not Kind.START:
        return False
    return (
        packet.began_at > known.began_at + ACCURACY and packet.began_at >= known.last_at - ACCURACY
    )


def _gone_on(known: Session, packet: Packet) -> Judged:
    """Only what is larger counts; a Stop closes, a newer update revives what was lost."""
    upload, download = max(known.upload, packet.upload), max(known.download, packet.download)
    now = replace(
        known,
        upload=upload,
        download=download,
        seconds=max(known.seconds, packet.seconds),
        last_at=max(known.last_at, packet.at),
    )
    if packet.kind is Kind.STOP and (known.ended_at is None or known.is_lost):
        now = replace(now, ended_at=now.last_at, is_lost=False)
    elif known.is_lost and packet.at > known.last_at:
        now = replace(now, ended_at=None, is_lost=False)
    elif known.ended_at is not None and not known.is_lost:
        now = replace(now, last_at=known.last_at)
    return Judged(
        verdict=Verdict.REPEATED if now == known else Verdict.COUNTED,
        session=now,
        upload=upload - known.upload,
        download=download - known.download,
    )
