"""What a measured speed means beside the speed in force, and what measuring costs."""

from dataclasses import dataclass
from decimal import Decimal

MEGABYTE = 10**6
_STREAMS_SETTLE = Decimal("1.1")  # the pings, the first second that does not count


@dataclass(frozen=True)
class Speeds:
    """Both directions, in Mbit/s."""

    download: Decimal
    upload: Decimal


def percent_of(measured: Speeds, sold: Speeds) -> int:
    """Return the worse direction's share of the speed in force, rounded down: 15.9 of 20 is 79."""
    shares = (
        measured.download * 100 // max(sold.download, Decimal(1)),
        measured.upload * 100 // max(sold.upload, Decimal(1)),
    )
    return int(min(shares))


def verdict_of(percent: int, *, good: int, weak: int) -> str:
    """Return GOOD from `good` percent on, WEAK from `weak`, else POOR."""
    return "GOOD" if percent >= good else "WEAK" if percent >= weak else "POOR"


def data_used(sold: Speeds, *, seconds: int, most_megabytes: int) -> int:
    """Return about how many megabytes a test moves at the speed in force: said before it begins."""
    megabytes = (sold.download + sold.upload) * seconds / 8 * _STREAMS_SETTLE
    return int(min(max(megabytes, Decimal(1)), Decimal(most_megabytes)))
