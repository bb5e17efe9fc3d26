"""When a webhook is tried again, and when an address is given up.

Source: growth-api-rules 2. All moments are the machine's own, UTC.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

ANSWER_SECONDS = 15
GONE = 410
OFF_AFTER = timedelta(days=5)  # without one success
LONGEST_ASKED = timedelta(hours=24)  # of a receiver's `Retry-After`
_SPREAD = 0.1  # so that what failed together does not come back together
# Before the first try, the second, …
WAITS = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)


@dataclass(frozen=True)
class Outcome:
    """What one try came to. `status` is none where nobody answered in time."""

    status: int | None
    retry_after: timedelta | None = None

    @property
    def is_taken(self) -> bool:
        """Only 2xx counts: a redirect is followed nowhere and is a failure."""
        return self.status is not None and 200 <= self.status <= 299


def next_wait(tries: int, outcome: Outcome, *, chance: float) -> timedelta | None:
    """Return how long to wait after `tries` tries, or none: it arrived, or was the last try.

    `chance` is in [0, 1) and spreads the wait by a tenth either way. A longer wait that the
    receiver asks for wins, up to a day.
    """
    if outcome.is_taken or outcome.status == GONE or tries >= len(WAITS):
        return None
    ours = WAITS[tries] * (1 - _SPREAD + 2 * _SPREAD * chance)
    asked = min(outcome.retry_after or timedelta(0), LONGEST_ASKED)
    return max(ours, asked)


def is_given_up(outcome: Outcome, *, failing_since: datetime, now: datetime) -> bool:
    """Say whether an address is switched off; `failing_since` is the first failure in a row."""
    if outcome.is_taken:
        return False
    return outcome.status == GONE or now - failing_since >= OFF_AFTER
