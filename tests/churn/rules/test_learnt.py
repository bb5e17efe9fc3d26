"""A model kept as numbers says what scikit-learn said, and why."""

import math

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from churn.rules import learnt
from churn.rules.features import FEATURES, GROUPS, NAMES
from churn.services import bulk_scores, fitting, histories

USUAL = [1.0] * len(FEATURES)


def linear(**coefficients):
    """A logistic model whose medians are 1 and whose calibration changes nothing."""
    weights = [coefficients.get(name, 0.0) for name in NAMES] + [0.0] * len(learnt.FLAGGED)
    many = len(weights)
    return {
        "algorithm": "LOGISTIC",
        "medians": USUAL,
        "low": [-99.0] * len(NAMES),
        "high": [99.0] * len(NAMES),
        "center": [0.0] * many,
        "scale": [1.0] * many,
        "coefficients": weights,
        "intercept": -4.0,
        "calibration": {"method": "sigmoid", "slope": 1.0, "intercept": 0.0},
    }


def vector(**values):
    return [values.get(name, 1.0) for name in NAMES]


def test_three_late_bills_more_than_usual_make_leaving_five_times_likelier():
    (reason,) = learnt.reasons(linear(late_bills=0.55), vector(late_bills=4.0))
    assert reason.group == "payment"
    assert reason.times == pytest.approx(math.exp(1.65))
    assert round(reason.times, 1) == 5.2


def test_at_most_three_groups_are_reasons_and_none_below_a_tenth():
    content = linear(late_bills=0.5, tickets=0.4, outage_hours=0.3, usage_ratio=0.2, tenure=0.05)
    many = vector(late_bills=2, tickets=2, outage_hours=2, usage_ratio=2, tenure=2)
    found = [reason.group for reason in learnt.reasons(content, many)]
    assert found == ["payment", "contact", "outage"]
    assert learnt.reasons(content, vector(tenure=2)) == []


def test_unknown_is_the_median_and_a_flag():
    content = linear(nps=0.7)
    flag = len(NAMES) + learnt.FLAGGED.index(NAMES.index("nps"))
    content["coefficients"][flag] = 0.4
    unknown = learnt.probability(content, vector(nps=None))
    assert learnt.logit(unknown) == pytest.approx(-4 + 0.7 + 0.4)


def test_an_isotonic_calibration_is_read_between_its_points_and_flat_beyond():
    content = linear(late_bills=1.0)
    content["calibration"] = {"method": "isotonic", "x": [-3.0, -1.0], "y": [0.1, 0.5]}
    assert learnt.probability(content, vector(late_bills=2)) == pytest.approx(0.3)
    assert learnt.probability(content, vector(late_bills=0)) == 0.1
    assert learnt.probability(content, vector(late_bills=9)) == 0.5


@pytest.fixture(scope="module")
def drawn():
    """Five thousand observations, their columns, and a frame to score them by."""
    sample = histories.sample(histories.draw(800, months=12))
    frame = fitting.frame(sample)
    return sample, frame, bulk_scores.columns(frame, sample.vectors).T


@pytest.mark.parametrize("algorithm", ["LOGISTIC", "BOOSTING"])
def test_numbers_say_what_scikit_learn_says(drawn, algorithm):
    sample, frame, known = drawn
    even = {"method": "sigmoid", "slope": 1.0, "intercept": 0.0}
    if algorithm == "BOOSTING":
        theirs = fitting.boosting(known, sample.left, sample.weights)
        assert isinstance(theirs, HistGradientBoostingClassifier)
        made = fitting.trees(theirs)
        expected = theirs.predict_proba(known)[:, 1]
    else:
        made = fitting._logistic(frame, sample)
        scaled = (known - made["center"]) / made["scale"]
        theirs = LogisticRegression(C=1.0, max_iter=500, tol=1e-6)
        theirs.fit(scaled, sample.left, sample_weight=sample.weights)
        expected = theirs.predict_proba(scaled)[:, 1]
    content = {**frame, **made, "algorithm": algorithm, "calibration": even}
    ours = bulk_scores.score(content, sample.vectors)
    assert np.abs(ours.probabilities - expected).max() < 1e-6
    for at in range(0, len(sample.left), 271):
        one = [None if np.isnan(value) else float(value) for value in sample.vectors[at]]
        assert learnt.probability(content, one) == pytest.approx(expected[at], abs=1e-6)
        shares = learnt.group_shares(content, one)
        assert [shares[group] for group in GROUPS] == pytest.approx(ours.shares[at], abs=1e-6)
        reasons = learnt.reasons(content, one)
        many = bulk_scores.reasons(ours.shares[at : at + 1])[0]
        assert [one.group for one in many] == [one.group for one in reasons]
        assert [one.times for one in many] == pytest.approx([one.times for one in reasons])
