"""When something happened on a phone whose clock may be wrong. All moments are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

FLAGGED_SKEW = timedelta(minutes=10)
UNBELIEVABLE_SKEW = timedelta(hours=24)
OLDEST = timedelta(days=14)
FRESH_TAP = timedelta(minutes=15)


@dataclass(frozen=True)
class Corrected:
    """The moment that is believed, and whether somebody should know that the clock was off."""

    moment: datetime
    is_flagged: bool


def corrected(
    *, client_at: datetime, sent_at: datetime, received_at: datetime, previous: datetime | None
) -> Corrected:
    """Correct a phone's moment by what its clock said when it sent.

    Never after it was received, nor before the device's previous act. A clock off by more than a
    day, or an act of more than two weeks ago, counts from when it was received.
    """
    skew = received_at - sent_at
    moment = client_at + skew
    is_flagged = abs(skew) > FLAGGED_SKEW
    if abs(skew) > UNBELIEVABLE_SKEW or received_at - moment > OLDEST:
        return Corrected(received_at, True)
    moment = min(moment, received_at)
    if previous is not None:
        moment = max(moment, min(previous, received_at))
    return Corrected(moment, is_flagged)


def is_fresh(moment: datetime, *, received_at: datetime) -> bool:
    """Tell whether a tap is so young that telling the customer "on the way" is still true."""
    return received_at - moment <= FRESH_TAP
