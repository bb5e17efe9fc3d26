"""What answers to surveys come to. Shares are fractions; None where nobody has answered."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

LOW_STARS = 2
"""So many stars, or fewer, and somebody looks into it."""


LOW_SCORE = 6
"""Who gives so many of ten, or fewer, would not recommend us."""

LEAST_ANSWERS = 5
"""Of fewer no share is told: one cross customer would be the whole figure."""


def csat(stars: Sequence[int]) -> Decimal | None:
    """Return the share of answers with four or five stars."""
    return round(Decimal(sum(one >= 4 for one in stars)) / len(stars), 3) if stars else None


def average(stars: Sequence[int]) -> Decimal | None:
    """Return the mean of the stars, to two decimals."""
    if not stars:
        return None
    return (Decimal(sum(stars)) / len(stars)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def nps(scores: Iterable[int]) -> int | None:
    """Return the net promoter score: 9–10 less 0–6 of a hundred, half away from zero."""
    given = list(scores)
    if not given:
        return None
    balance = sum(one >= 9 for one in given) - sum(one <= LOW_SCORE for one in given)
    return int((Decimal(100 * balance) / len(given)).quantize(Decimal(1), ROUND_HALF_UP))


def compliance(*, met: int, breached: int) -> Decimal | None:
    """Return the share of clocks that were met, in percent to one decimal."""
    if not met + breached:
        return None
    share = Decimal(100 * met) / (met + breached)
    return share.quantize(Decimal("0.1"), ROUND_HALF_UP)
