"""A learnt model as numbers: what its JSON holds, what it says of one vector, and why.

Plain Python, so that scoring needs no library; `churn.services.bulk_scores` says the same of many
at once. The columns of a model are the features with unknowns filled by the training median, then
one flag (0 or 1) for each feature that may be unknown.

The JSON: `medians` by feature; `low` and `high` by feature, between which values are cut off;
`algorithm`; for LOGISTIC `center`, `scale`, `coefficients` by column and `intercept`; for BOOSTING
`start` and `trees`, each a list of nodes `[column, threshold, left, right, value]` with column −1
at a leaf, whose value is added; `calibration`, which turns the raw logit into a probability; `bins`
for drift (see `churn.rules.drift`).
"""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from churn.rules.features import FEATURES, GROUPS

LOGISTIC, BOOSTING = "LOGISTIC", "BOOSTING"
SIGMOID, ISOTONIC = "sigmoid", "isotonic"
FORM = 1  # of the JSON
FLAGGED = tuple(at for at, feature in enumerate(FEATURES) if feature.may_be_unknown)
SURE = 1e-6  # no probability is nearer to 0 or 1 where its logit is asked for
LEAST_REASON = 0.1  # of the logit: e^0.1 is a tenth more likely
MOST_REASONS = 3

Vector = Sequence[float | None]
Content = Mapping[str, Any]


class Reason(NamedTuple):
    """One group that makes leaving likelier: about so many times."""

    group: str
    times: float


def columns(content: Content, vector: Vector) -> list[float]:
    """Return the model's columns of one vector: filled, cut off, then the flags."""
    filled = [
        min(max(median if value is None else value, low), high)
        for value, median, low, high in zip(
            vector, content["medians"], content["low"], content["high"], strict=True
        )
    ]
    return filled + [float(vector[at] is None) for at in FLAGGED]


def probability(content: Content, vector: Vector) -> float:
    """Return how likely a customer with this vector is to leave within the horizon."""
    return _calibrated(content, _raw(content, columns(content, vector)))


def reasons(content: Content, vector: Vector) -> list[Reason]:
    """Return at most three groups that make leaving likelier, the strongest first.

    A group's share is the logit of the probability less that with the group at the training
    medians; e to the power of it is how many times it multiplies the odds.
    """
    shares = group_shares(content, vector)
    worst = sorted(GROUPS, key=lambda group: -shares[group])[:MOST_REASONS]
    return [
        Reason(group, math.exp(shares[group])) for group in worst if shares[group] > LEAST_REASON
    ]


def group_shares(content: Content, vector: Vector) -> dict[str, float]:
    """Return by group what it adds to the logit, against the group at the training medians."""
    known = columns(content, vector)
    usual = columns(content, content["medians"])
    whole = logit(_calibrated(content, _raw(content, known)))
    shares = {}
    for group in GROUPS:
        changed = list(known)
        for at in group_columns(group):
            changed[at] = usual[at]
        shares[group] = whole - logit(_calibrated(content, _raw(content, changed)))
    return shares


def group_columns(group: str) -> list[int]:
    """Return the columns of a group, its flags among them."""
    own = [at for at, feature in enumerate(FEATURES) if feature.group == group]
    return own + [len(FEATURES) + flag for flag, at in enumerate(FLAGGED) if at in own]


def logit(share: float) -> float:
    """Return ln(p / (1 − p)), with p kept a millionth away from 0 and 1."""
    kept = min(max(share, SURE), 1 - SURE)
    return math.log(kept / (1 - kept))


def _raw(content: Content, known: Sequence[float]) -> float:
    if content["algorithm"] == LOGISTIC:
        total = float(content["intercept"])
        for value, center, scale, weight in zip(
            known, content["center"], content["scale"], content["coefficients"], strict=True
        ):
            total += weight * (value - center) / scale
        return total
    return float(content["start"]) + math.fsum(_leaf(tree, known) for tree in content["trees"])


def _leaf(tree: Sequence[Sequence[float]], known: Sequence[float]) -> float:
    node = tree[0]
    while node[0] >= 0:
        node = tree[int(node[2] if known[int(node[0])] <= node[1] else node[3])]
    return node[4]


def _calibrated(content: Content, raw: float) -> float:
    calibration = content["calibration"]
    if calibration["method"] == SIGMOID:
        return sigmoid(calibration["slope"] * raw + calibration["intercept"])
    return _between(calibration["x"], calibration["y"], raw)


def sigmoid(value: float) -> float:
    """Return 1 / (1 + e^−value), without overflow."""
    if value >= 0:
        return 1 / (1 + math.exp(-value))
    power = math.exp(value)
    return power / (1 + power)


def _between(xs: Sequence[float], ys: Sequence[float], at: float) -> float:
    """Read a line drawn through points with rising x; flat beyond its ends."""
    if at <= xs[0]:
        return ys[0]
    if at >= xs[-1]:
        return ys[-1]
    right = bisect_right(xs, at)
    before, after = xs[right - 1], xs[right]
    return ys[right - 1] + (ys[right] - ys[right - 1]) * (at - before) / (after - before)
