"""Models learnt from invented histories find the causes that are there, and no others.

Small: what it says at its full figure is proved by tests/laws/test_churn_models.py.
"""

import numpy as np
import pytest

from churn.services import histories, learning, measuring
from tests.factories import leaks

CUSTOMERS, MONTHS, STAYERS = 4_000, 16, 0.25


def draw(variant=histories.AS_IS):
    return histories.draw(CUSTOMERS, variant=variant, months=MONTHS)


def learn(drawn):
    return learning.learn(histories.sample(drawn, stayers=STAYERS))


@pytest.fixture(scope="module")
def drawn():
    return draw()


def test_known_causes_are_found_and_beat_overdue_days_alone(drawn):
    chosen = learn(drawn).chosen
    assert chosen.refusals == []
    assert chosen.metrics["auc"] > 0.75
    assert chosen.metrics["auc"] > chosen.metrics["baseline"] + 0.05
    assert 0.8 < chosen.metrics["slope"] < 1.25
    assert chosen.metrics["tenths"][0]["lift"] > 3
    assert chosen.metrics["auc_low"] < chosen.metrics["auc"] < chosen.metrics["auc_high"]


def test_other_peoples_labels_teach_nothing(drawn):
    chosen = learn(histories.shuffled(drawn)).chosen
    assert 0.4 < chosen.metrics["auc"] < 0.6
    assert "auc" in [one.code for one in chosen.refusals]


def test_trees_win_where_only_two_causes_together_matter():
    found = learn(draw(histories.CROSSED))
    assert found.chosen.algorithm == "BOOSTING"
    assert found.chosen.metrics["difference_low"] > 0
    assert found.other.refusals


@pytest.mark.parametrize("into", [leaks.EVENTS, leaks.SURVEY, leaks.COUNTER])
def test_a_feature_from_after_the_leaving_is_refused_by_name(drawn, into):
    chosen = learn(leaks.leaking(drawn, into)).chosen
    assert [(one.code, one.feature) for one in chosen.refusals] == [("leaking_feature", into)]
    assert chosen.content == {}


def test_little_history_is_said_and_not_learnt_from(drawn):
    few = histories.sample(drawn)
    found = learning.learn(few.of(few.month_days()[:8]))
    assert found.chosen is None
    assert [one.code for one in found.lacking] == ["months"]


def test_the_same_data_has_the_same_fingerprint_and_gives_the_same_model(drawn):
    one, other = (histories.sample(drawn, stayers=STAYERS) for _again in range(2))
    assert one.fingerprint == other.fingerprint
    other.left[5] = 1 - other.left[5]
    assert one.fingerprint != other.fingerprint


def test_area_under_the_curve_counts_ties_half_and_weights_whole(drawn):
    left = np.array([1.0, 0.0, 1.0, 0.0])
    ranked = measuring.ranking(np.array([0.9, 0.5, 0.5, 0.1]), left)
    assert ranked.auc(np.ones(4)) == pytest.approx(0.875)
    # Three of those who stayed at the tie: (1·4 + (3/2 + 1)) / 8
    assert ranked.auc(np.array([1.0, 3.0, 1.0, 1.0])) == pytest.approx(6.5 / 8)
