"""What calling brought, against those left alone: shares and money, each with a 95 % interval.

Two shares are compared by Newcombe's interval (built from Wilson's of each), two means by the
normal one. An interval that spans zero has proven nothing.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import sqrt

Z = 1.96  # 95 %
ENOUGH = 30  # held out, before anything is shown


@dataclass(frozen=True)
class Between:
    """A figure and the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def is_proven(self) -> bool:
        """Tell whether the interval lies on one side of zero."""
        return self.low > 0 or self.high < 0

    def times(self, count: int) -> "Between":
        """Return the same for so many."""
        return Between(self.value * count, self.low * count, self.high * count)


@dataclass(frozen=True)
class Group:
    """Customers of one group whose result is known, in amounts of the company's currency."""

    count: int
    left: int
    mean: float = 0  # net collected in ninety days, less what acting cost
    deviation: float = 0  # of a sample

    @property
    def share(self) -> float:
        return self.left / self.count if self.count else 0.0


def wilson(left: int, count: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share; `count` is above zero."""
    share, square = left / count, Z * Z
    middle = 2 * count * share + square
    width = Z * sqrt(square + 4 * count * share * (1 - share))
    whole = 2 * (count + square)
    return (middle - width) / whole, (middle + width) / whole


def kept(*, held: Group, treated: Group) -> Between:
    """Return how much smaller the share is that left of those acted on (Newcombe, 95 %)."""
    held_low, held_high = wilson(held.left, held.count)
    low, high = wilson(treated.left, treated.count)
    gap = held.share - treated.share
    return Between(
        gap,
        gap - sqrt((held.share - held_low) ** 2 + (high - treated.share) ** 2),
        gap + sqrt((held_high - held.share) ** 2 + (treated.share - low) ** 2),
    )


def earned(*, held: Group, treated: Group) -> Between:
    """Return how much more one of those acted on brought in, on average."""
    gap = treated.mean - held.mean
    wide = Z * sqrt(treated.deviation**2 / treated.count + held.deviation**2 / held.count)
    return Between(gap, gap - wide, gap + wide)


def is_enough(*, held: Group, treated: Group) -> bool:
    """Tell whether there are enough to say anything at all."""
    return held.count >= ENOUGH and treated.count > 0


def whole(value: float, step: int = 1) -> int:
    """Return a figure rounded to a whole step, halves away from zero."""
    steps = (Decimal(repr(value)) / step).quantize(Decimal(1), ROUND_HALF_UP)
    return int(steps) * step
