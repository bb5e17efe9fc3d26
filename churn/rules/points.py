"""How bad it looks, in points, where no model has learnt yet: simple, added up, at most 100.

Source: the company's own rules of thumb (insight rules, section 2). Unknown adds nothing.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from churn.rules.features import FEATURES

MOST = 100
HIGH_FROM, MEDIUM_FROM = 60, 30
SHOWN = 3  # reasons
_GROUP = {feature.name: feature.group for feature in FEATURES}


class Reason(NamedTuple):
    """Why somebody may leave: a feature's name as code, its group, and the points it adds."""

    code: str
    group: str
    points: int


def _over(steps: tuple[tuple[float, int], ...]) -> Callable[[float], int]:
    """Return points by how high a value is; the steps from the highest down."""
    return lambda value: next((points for least, points in steps if value >= least), 0)


_RULES: dict[str, Callable[[float], int]] = {
    "overdue_days": _over(((31, 40), (8, 25), (1, 10))),
    "late_bills": _over(((4, 20), (2, 10))),
    "oldest_unresolved": lambda days: 15 if days > 3 else 0,
    "tickets": _over(((3, 10),)),
    "reopened": _over(((1, 10),)),
    "outage_hours": _over(((12, 10),)),
    "usage_ratio": lambda ratio: 15 if ratio <= 0.5 else 0,
    "stars": lambda stars: 10 if stars <= 2 else 0,
    "nps": lambda answer: 10 if answer <= 6 else 0,
    "downgrade_asked": _over(((1, 15),)),
    "largest_rise": _over(((0.05, 10),)),
    "contract_ending": _over(((1, 5),)),
    "speed_ratio": lambda ratio: 10 if ratio < 0.6 else 0,
}


def score(known: Mapping[str, float | None]) -> tuple[int, list[Reason]]:
    """Return the points of a customer and all reasons, the heaviest first.

    Few stars and a poor recommendation are one reason: an unhappy answer counts once.
    """
    found = [
        Reason(name, _GROUP[name], points)
        for name, rule in _RULES.items()
        if (value := known.get(name)) is not None and (points := rule(value))
    ]
    if {"stars", "nps"} <= {one.code for one in found}:
        found = [one for one in found if one.code != "nps"]
    found.sort(key=lambda one: -one.points)  # stable: the order of the rules decides
    return min(MOST, sum(one.points for one in found)), found


def level(points: int) -> str:
    """Return LOW, MEDIUM or HIGH."""
    if points >= HIGH_FROM:
        return "HIGH"
    return "MEDIUM" if points >= MEDIUM_FROM else "LOW"
