"""When an undelivered message is tried again."""

from datetime import datetime, timedelta

STEPS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 12, 25))
MOST_ATTEMPTS = 60  # about a day: 45 minutes of growing steps, then every 25 minutes


def next_attempt(*, attempts: int, at: datetime) -> datetime | None:
    """Return when to try after the `attempts`-th try failed at `at`; None to give up."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return at + STEPS[min(max(attempts, 1), len(STEPS)) - 1]
