"""The 95th percentile of five-minute slots: what the busiest twentieth of the time lies above."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

SLOT_SECONDS = 300
_ENOUGH = 90  # percent of the slots, or the figure is called incomplete


@dataclass(frozen=True)
class Percentile:
    """Mbit/s of each direction; a figure of fewer than nine slots in ten is not complete."""

    upload: Decimal
    download: Decimal
    is_complete: bool

    @property
    def larger(self) -> Decimal:
        """What counts."""
        return max(self.upload, self.download)


def place(count: int) -> int:
    """Return the number, from 1, of the slot that counts among `count` in ascending order."""
    return -(-count * 95 // 100)


def p95(slots: Sequence[tuple[int, int]], *, expected: int) -> Percentile | None:
    """Return the percentile of slots (upload, download in bytes); None without any.

    Slots nobody measured are not among them; `expected` is how many there should be.
    """
    if not slots:
        return None
    number = place(len(slots)) - 1
    return Percentile(
        upload=mbps(sorted(up for up, _down in slots)[number]),
        download=mbps(sorted(down for _up, down in slots)[number]),
        is_complete=len(slots) * 100 >= expected * _ENOUGH,
    )


def mbps(size: int, *, seconds: int = SLOT_SECONDS) -> Decimal:
    """Return bytes in so many seconds as Mbit/s."""
    return Decimal(size) * 8 / seconds / 1_000_000
