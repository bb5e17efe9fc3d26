"""Uptime as a percentage: shown to two places, compared unrounded."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

_HUNDREDTH, _FINE = Decimal("0.01"), Decimal("0.0001")
_BEST_WITH_DOWNTIME = Decimal("99.99")


def is_breach(*, total: int, down: int, target: Decimal) -> bool:
    """Tell whether `down` of `total` (one unit of time) misses a target percentage."""
    return total > 0 and 100 * (total - down) < target * total


def shown(*, total: int, down: int, target: Decimal | None = None) -> Decimal | None:
    """Return the percentage people read, or None where nothing was measured.

    Half-up to two places, and never 100 while something was down. Where that would hide a breach
    of the target it has four places, cut off: 99.6998 of a promised 99.70.
    """
    if total <= 0:
        return None
    exact = Decimal(100) * (total - down) / total
    rounded = exact.quantize(_HUNDREDTH, ROUND_HALF_UP)
    if down > 0:
        rounded = min(rounded, _BEST_WITH_DOWNTIME)
    if (
        target is not None
        and rounded >= target
        and is_breach(total=total, down=down, target=target)
    ):
        return exact.quantize(_FINE, ROUND_DOWN)
    return rounded


def mean(lengths: list[int]) -> int | None:
    """Return the mean of repair times in the same unit, floored; None of none."""
    return sum(lengths) // len(lengths) if lengths else None


def floored(*, total: int, down: int) -> Decimal | None:
    """Return the percentage cut off at two places, as it stands among the company's figures.

    240 of 87,840 minutes are 99.72: what was missed is never rounded away.
    """
    if total <= 0:
        return None
    return (Decimal(100) * (total - down) / total).quantize(_HUNDREDTH, ROUND_DOWN)
