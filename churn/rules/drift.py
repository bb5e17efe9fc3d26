"""Whether customers look unlike those a model learnt from: the population stability index.

For each feature the training values are cut into at most ten bins of about equal size, unknown
values apart. PSI = Σ (now − then) · ln(now / then) over the bins' shares; an empty bin counts
.0001. Above .25 on two nights running the model should be looked at.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence

from churn.rules.features import NAMES

BINS = 10
EMPTY = 0.0001
WARNING = 0.25
NIGHTS = 2  # running


def counts(values: Iterable[float | None], edges: Sequence[float]) -> list[int]:
    """Count values by bin: up to and with the first edge, ..., above the last, unknown."""
    found = [0] * (len(edges) + 2)
    for value in values:
        found[-1 if value is None else bisect_left(edges, value)] += 1
    return found


def psi(then: Sequence[float], now: Sequence[float]) -> float:
    """Return the index between two lists of counts (or shares) of the same bins."""
    total_then, total_now = sum(then), sum(now)
    if not total_then or not total_now:
        return 0.0
    index = 0.0
    for was, became in zip(then, now, strict=True):
        p, q = max(was / total_then, EMPTY), max(became / total_now, EMPTY)
        index += (q - p) * math.log(q / p)
    return index


def drifted(nights: Sequence[Mapping[str, float]]) -> list[str]:
    """Return the features above the warning on the last two nights; `nights` the oldest first."""
    last = nights[-NIGHTS:]
    if len(last) < NIGHTS:
        return []
    return [name for name in NAMES if all(night.get(name, 0) > WARNING for night in last)]
