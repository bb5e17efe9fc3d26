"""How good probabilities are, measured on months a model had not seen. Everything is weighted."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from churn.rules.features import BASELINE, FEATURES, NAMES
from churn.services.bulk_scores import logits
from churn.services.sample import Floats, Sample

DRAWS = 400  # of the bootstrap
SEED = 19
TENTHS = 10
INTERVAL = (2.5, 97.5)  # percent


class Ranking(NamedTuple):
    """Who left in the order of a score, so that many weightings can be asked cheaply."""

    order: NDArray[np.int64]
    ends: NDArray[np.int64]  # where runs of equal scores end
    left: Floats

    def auc(self, weights: Floats) -> float:
        """Return how often who left stands above who stayed; ties count half."""
        heavy = weights[self.order]
        leaving = np.cumsum(heavy * self.left)[self.ends]
        staying = np.cumsum(heavy * (1 - self.left))[self.ends]
        total = leaving[-1] * staying[-1]
        if total == 0:
            return 0.5
        of_run = np.diff(leaving, prepend=0.0)
        below = staying - np.diff(staying, prepend=0.0) / 2
        return float((of_run * below).sum() / total)


def ranking(scores: Floats, left: Floats) -> Ranking:
    """Put observations in the order of a score."""
    order = np.argsort(scores, kind="stable")
    ordered = scores[order]
    ends = np.append(np.flatnonzero(np.diff(ordered) != 0), len(ordered) - 1)
    return Ranking(order, ends, left[order])


def auc(scores: Floats, sample: Sample) -> float:
    """Return the area under the curve of one score."""
    return ranking(scores, sample.left).auc(sample.weights)


def alone(sample: Sample) -> dict[str, float]:
    """Return for each feature how well it ranks by itself, or whether it is known does."""
    found = {}
    for at, name in enumerate(NAMES):
        column = sample.vectors[:, at]
        is_unknown = np.isnan(column)
        if is_unknown.all():
            continue
        both = [auc(np.where(is_unknown, np.nanmedian(column), column), sample)]
        if FEATURES[at].may_be_unknown:
            both.append(auc((~is_unknown).astype(np.float64), sample))
        found[name] = max(both, key=lambda value: abs(value - 0.5))
    return found


def line(at: Floats, left: Floats, weights: Floats) -> tuple[float, float]:
    """Fit left ~ sigmoid(slope · at + intercept) by Newton's steps; return slope and intercept."""
    design = np.vstack([at, np.ones_like(at)])
    share = float(np.clip(np.average(left, weights=weights), 1e-6, 1 - 1e-6))
    found = np.array([0.0, np.log(share / (1 - share))])
    for _step in range(50):
        expected = 1 / (1 + np.exp(-np.clip(found @ design, -700, 700)))
        gradient = design @ (weights * (left - expected))
        bend = (design * (weights * expected * (1 - expected))) @ design.T
        step = np.linalg.solve(bend + 1e-9 * np.eye(2), gradient)
        found = found + step
        if np.abs(step).max() < 1e-9:
            break
    return float(found[0]), float(found[1])


def measure(probabilities: Floats, sample: Sample) -> dict[str, Any]:
    """Return the figures of a model on its test months, with 95 % intervals by customer."""
    left, weights = sample.left, sample.weights
    tenths = _tenths(probabilities, weights)
    drawn = _drawn(probabilities, tenths, sample)
    slope, _intercept = line(logits(probabilities), left, weights)
    observed, expected = float((weights * left).sum()), float((weights * probabilities).sum())
    low, high = np.percentile(drawn.aucs, INTERVAL)
    baseline = sample.vectors[:, NAMES.index(BASELINE)]
    return {
        "auc": auc(probabilities, sample),
        "auc_low": float(low),
        "auc_high": float(high),
        "baseline": auc(np.nan_to_num(baseline), sample),
        "brier": float(np.average((probabilities - left) ** 2, weights=weights)),
        "slope": slope,
        "ratio": observed / expected if expected else 0.0,
        "base_rate": observed / float(weights.sum()),
        "tested": len(left),
        "left": int(left.sum()),
        "tenths": _rows(probabilities, tenths, drawn.rates, sample),
    }


def difference(first: Floats, second: Floats, sample: Sample) -> tuple[float, float, float]:
    """Return by how much the first ranks better, and the paired 95 % interval by customer."""
    one, other = ranking(first, sample.left), ranking(second, sample.left)
    gap = one.auc(sample.weights) - other.auc(sample.weights)
    drawn = [one.auc(weights) - other.auc(weights) for weights in _weightings(sample)]
    low, high = np.percentile(drawn, INTERVAL)
    return gap, float(low), float(high)


class _Drawn(NamedTuple):
    aucs: list[float]
    rates: Floats  # draws by tenths: how many times the average left


def _drawn(probabilities: Floats, tenths: NDArray[np.int64], sample: Sample) -> _Drawn:
    ranked = ranking(probabilities, sample.left)
    aucs, rates = [], []
    for weights in _weightings(sample):
        aucs.append(ranked.auc(weights))
        rates.append(_shares(tenths, sample.left, weights))
    return _Drawn(aucs, np.array(rates))


def _weightings(sample: Sample) -> Any:
    """Draw customers with replacement, each with all its months: weights by observation."""
    own, places = np.unique(sample.customers, return_inverse=True)
    generator = np.random.default_rng(SEED)
    for _draw in range(DRAWS):
        times = np.bincount(generator.integers(0, len(own), len(own)), minlength=len(own))
        yield sample.weights * times[places]


def _tenths(probabilities: Floats, weights: Floats) -> NDArray[np.int64]:
    """Give each observation its tenth of the customers; 0 is the likeliest to leave."""
    order = np.argsort(-probabilities, kind="stable")
    passed = np.cumsum(weights[order]) - weights[order] / 2
    found = np.empty(len(order), dtype=np.int64)
    found[order] = np.minimum((passed / weights.sum() * TENTHS).astype(np.int64), TENTHS - 1)
    return found


def _shares(tenths: NDArray[np.int64], left: Floats, weights: Floats) -> Floats:
    total = np.bincount(tenths, weights, TENTHS)
    return np.bincount(tenths, weights * left, TENTHS) / np.where(total == 0, 1, total)


def _rows(
    probabilities: Floats, tenths: NDArray[np.int64], rates: Floats, sample: Sample
) -> list[dict[str, float]]:
    """Return by tenth what was expected and observed, and its lift, with their intervals."""
    base = float(np.average(sample.left, weights=sample.weights))
    expected = _shares(tenths, probabilities, sample.weights)
    observed = _shares(tenths, sample.left, sample.weights)
    lows, highs = np.percentile(rates, INTERVAL, axis=0)
    return [
        {
            "expected": float(expected[at]),
            "observed": float(observed[at]),
            "low": float(lows[at]),
            "high": float(highs[at]),
            "lift": float(observed[at] / base),
            "lift_low": float(lows[at] / base),
            "lift_high": float(highs[at] / base),
        }
        for at in range(TENTHS)
    ]
