"""How many numbers of a series are skipped after a restore.

Numbers that were given out after the copy was taken are on papers in customers' hands: a series
goes on behind them, with room to spare. Source: operations-rules 3.
"""

from decimal import ROUND_CEILING, Decimal

LEAST = 100
_MARGIN = 2
_SECONDS_A_DAY = 86_400


def skipped(*, busiest_day: int, gap_seconds: int) -> int:
    """Return how many numbers to skip: at least a hundred, else twice what may have been issued.

    `busiest_day`: the most numbers of the series given out on one of the last 30 days;
    `gap_seconds`: from the copy's snapshot to the restore.
    """
    days = Decimal(gap_seconds) / _SECONDS_A_DAY
    issued = (_MARGIN * busiest_day * days).to_integral_value(rounding=ROUND_CEILING)
    return max(LEAST, int(issued))
