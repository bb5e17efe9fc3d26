"""Fair use: how far a line is, whom to tell once, and how fast it may run.

GB are 10^9 bytes. A level is told once in a window; of several reached at once only the highest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from network.usage.rules import periods
from network.usage.rules.periods import Days

GB = 10**9
WARN_PERCENTS = (80, 95)
LEAST_MBPS = 1  # the least a line may be slowed to (512 kbit/s at law; speeds are whole Mbit/s)


@dataclass(frozen=True)
class Speed:
    """Mbit/s of both directions."""

    download: int
    upload: int


def percent(used: int, threshold_gb: int) -> int:
    """Return the share that is used, floored."""
    return used * 100 // (threshold_gb * GB)


def to_tell(
    used: int, threshold_gb: int, *, told: int, warn_at: Iterable[int] = WARN_PERCENTS
) -> int:
    """Return the level to tell of now (of the warnings, or 100); 0 when it was told already."""
    now = percent(used, threshold_gb)
    reached = max((level for level in (*warn_at, 100) if level <= now), default=0)
    return reached if reached > told else 0


def window(on: date, *, is_daily: bool, billing_day: int, open_since: Days | None = None) -> Days:
    """Return the window a day lies in, `[start, end)`.

    A window that is open stays open: one whose billing day was moved ends on the next new one.
    """
    if is_daily:
        return Days(on, on + timedelta(days=1))
    usual = periods.cycle(on, billing_day=billing_day)
    if open_since is not None and open_since.start <= on < open_since.end:
        return Days(open_since.start, usual.end)
    return usual


def slowest(speeds: Iterable[Speed]) -> Speed | None:
    """Return the lowest speed of each direction; None without any."""
    found = list(speeds)
    if not found:
        return None
    return Speed(min(one.download for one in found), min(one.upload for one in found))


def is_slower(speed: Speed, sold: Speed) -> bool:
    """Tell whether a line may be slowed down to a speed: below what is sold, and not to nothing."""
    return (
        LEAST_MBPS <= speed.download < sold.download and LEAST_MBPS <= speed.upload <= sold.upload
    )
