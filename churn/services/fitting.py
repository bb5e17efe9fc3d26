"""Fits models with scikit-learn and writes them down as numbers. The only module that knows it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from churn.rules import drift, gates, learnt
from churn.rules.features import NAMES
from churn.services import bulk_scores, measuring
from churn.services.sample import Floats, Sample

SEED = 19
TREES, LEAVES = 150, 8
RATE = 0.06  # of learning
LEAST_IN_LEAF = 60  # observations
CUT = (0.5, 99.5)  # percent: values beyond these percentiles of the training months are cut off


def content(algorithm: str, training: Sample, calibrating: Sample) -> dict[str, Any]:
    """Fit one model and calibrate it on later months; return its JSON."""
    kept = frame(training)
    learner = _logistic if algorithm == learnt.LOGISTIC else _boosting
    made = {**kept, "algorithm": algorithm, **learner(kept, training)}
    raw = bulk_scores.raw(made, calibrating.vectors)
    return {**made, "calibration": _calibration(raw, calibrating)}


def frame(training: Sample) -> dict[str, Any]:
    """Return what every model keeps of its training months: medians, cuts and bins."""
    medians, low, high, bins = [], [], [], {}
    for at, name in enumerate(NAMES):
        column = training.vectors[:, at]
        is_known = ~np.isnan(column)
        known, weights = column[is_known], training.weights[is_known]
        if not len(known):
            known, weights = np.zeros(1), np.zeros(1)
        medians.append(_median(known, weights))
        bottom, top = np.percentile(known, CUT)
        low.append(float(bottom))
        high.append(float(top))
        edges = np.unique(np.percentile(known, np.linspace(0, 100, drift.BINS + 1)[1:-1]))
        counts = np.bincount(np.searchsorted(edges, known), weights, len(edges) + 1).tolist()
        unknown = float(training.weights[~is_known].sum())
        bins[name] = {"edges": edges.tolist(), "counts": [*counts, unknown]}
    return {"form": learnt.FORM, "medians": medians, "low": low, "high": high, "bins": bins}


def _median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values, kind="stable")
    passed = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(passed, passed[-1] / 2)])


def _logistic(kept: dict[str, Any], training: Sample) -> dict[str, Any]:
    known = bulk_scores.columns(kept, training.vectors).T
    center = known.mean(axis=0)
    scale = known.std(axis=0)
    scale[scale == 0] = 1
    fitted = LogisticRegression(C=1.0, max_iter=500, tol=1e-6)
    fitted.fit((known - center) / scale, training.left, sample_weight=training.weights)
    return {
        "intercept": float(fitted.intercept_[0]),
        "coefficients": fitted.coef_[0].tolist(),
        "center": center.tolist(),
        "scale": scale.tolist(),
    }


def boosting(known: Floats, left: Floats, weights: Floats) -> HistGradientBoostingClassifier:
    """Fit boosted trees to columns of a model."""
    fitted = HistGradientBoostingClassifier(
        max_iter=TREES,
        max_leaf_nodes=LEAVES,
        learning_rate=RATE,
        min_samples_leaf=LEAST_IN_LEAF,
        l2_regularization=1.0,
        early_stopping=False,
        random_state=SEED,
    )
    fitted.fit(known, left, sample_weight=weights)
    return fitted


def _boosting(kept: dict[str, Any], training: Sample) -> dict[str, Any]:
    known = bulk_scores.columns(kept, training.vectors).T
    return trees(boosting(known, training.left, training.weights))


def trees(fitted: HistGradientBoostingClassifier) -> dict[str, Any]:
    """Write down boosted trees. What is read is not promised by scikit-learn: a test compares."""
    return {
        "start": float(fitted._baseline_prediction.ravel()[0]),
        "trees": [
            [
                [-1, 0, 0, 0, float(node["value"])]
                if node["is_leaf"]
                else [
                    int(node["feature_idx"]),
                    float(node["num_threshold"]),
                    int(node["left"]),
                    int(node["right"]),
                    0,
                ]
                for node in predictor.nodes
            ]
            for (predictor,) in fitted._predictors
        ],
    }


def _calibration(raw: Floats, calibrating: Sample) -> dict[str, Any]:
    """Learn how raw logits become probabilities: a sigmoid; with many leavers, isotonic."""
    left, weights = calibrating.left, calibrating.weights
    if calibrating.leavers >= gates.ISOTONIC_FROM:
        fitted = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
        fitted.fit(raw, left, sample_weight=weights)
        return {
            "method": learnt.ISOTONIC,
            "x": _list(fitted.X_thresholds_),
            "y": _list(fitted.y_thresholds_),
        }
    slope, intercept = measuring.line(raw, left, weights)
    return {"method": learnt.SIGMOID, "slope": slope, "intercept": intercept}


def _list(values: NDArray[Any]) -> list[float]:
    return [float(value) for value in values]
