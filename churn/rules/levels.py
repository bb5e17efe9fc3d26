"""Who counts as high and medium risk: as many as can be called, and only above the usual share."""

from collections.abc import Sequence
from typing import NamedTuple

_WEEKS_OF_CALLS = 4
_MEDIUM_WEEKS = 12
_HIGH_TIMES = 2


class Cuts(NamedTuple):
    """From which probability on somebody is high and medium; 1.1: nobody."""

    high: float
    medium: float


NOBODY = 1.1


def cuts(probabilities: Sequence[float], *, base_rate: float, calls_per_week: int) -> Cuts:
    """Return the cuts of a branch.

    High are the 4 × `calls_per_week` highest with at least twice the base rate (ties in), medium
    the next 12 × `calls_per_week` with at least the base rate.
    """
    ordered = sorted(probabilities, reverse=True)
    high = _cut(ordered, _WEEKS_OF_CALLS * calls_per_week, least=_HIGH_TIMES * base_rate)
    above = sum(1 for one in ordered if one >= high)
    medium = _cut(ordered, above + _MEDIUM_WEEKS * calls_per_week, least=base_rate)
    return Cuts(high, medium)


def _cut(ordered: Sequence[float], count: int, *, least: float) -> float:
    """Return the value of the last of the first `count` that is at least `least`."""
    inside = [one for one in ordered[:count] if one >= least]
    return inside[-1] if inside else NOBODY


def level(probability: float, at: Cuts) -> str:
    """Return LOW, MEDIUM or HIGH."""
    if probability >= at.high:
        return "HIGH"
    return "MEDIUM" if probability >= at.medium else "LOW"
