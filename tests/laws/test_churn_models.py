"""What learns who may leave, at its full figure: 30,000 customers whose causes are known.

`make prove` tries them all; every run tries the same at 4,000 (tests/churn/services/test_learning).
"""

import time

import pytest

from churn.services import histories, learning, measuring
from tests.factories import leaks
from tests.laws import scale

pytestmark = pytest.mark.clock  # a quarter of an hour: a full proof alone
CUSTOMERS = 30_000


def learn(drawn):
    """Learn from histories, and say what came of it beside what could be reached at all."""
    start = time.monotonic()
    sample = histories.sample(drawn)
    found = learning.learn(sample)
    figures = {
        key: round(found.chosen.metrics[key], 3)
        for key in ("auc", "auc_low", "auc_high", "baseline", "slope", "ratio", "brier")
        if key in found.chosen.metrics
    }
    refused = [one.text for one in found.chosen.refusals]
    scale.tell(f"{found.chosen.algorithm} {figures} {refused} {time.monotonic() - start:.0f} s")
    return found


@pytest.fixture(scope="module")
def drawn():
    return histories.draw(CUSTOMERS)


@pytest.mark.timeout(900)
def test_known_causes_are_found(drawn):
    metrics = learn(drawn).chosen.metrics
    assert metrics["auc"] >= 0.80
    assert metrics["auc"] >= metrics["baseline"] + 0.05
    assert 0.9 <= metrics["slope"] <= 1.1
    assert metrics["tenths"][0]["lift"] >= 3
    is_last = drawn.months >= histories.MONTHS - 3
    ceiling = measuring.ranking(drawn.truth[is_last], drawn.left[is_last].astype(float)).auc(
        (~drawn.is_dropped[is_last]).astype(float)
    )
    scale.tell(f"a perfect judge: {ceiling:.3f}")
    assert metrics["auc"] > ceiling - 0.03


@pytest.mark.timeout(900)
def test_shuffled_labels_teach_nothing(drawn):
    chosen = learn(histories.shuffled(drawn)).chosen
    assert 0.45 <= chosen.metrics["auc"] <= 0.55
    assert chosen.refusals


@pytest.mark.timeout(900)
def test_trees_win_where_causes_cross():
    found = learn(histories.draw(CUSTOMERS, variant=histories.CROSSED))
    assert (found.chosen.algorithm, found.chosen.refusals) == ("BOOSTING", [])


@pytest.mark.timeout(900)
def test_without_causes_rules_score():
    assert learn(histories.draw(CUSTOMERS, variant=histories.NONE)).chosen.refusals


@pytest.mark.timeout(900)
def test_when_the_causes_turn_the_live_model_falls_too():
    drawn = histories.sample(histories.draw(CUSTOMERS, variant=histories.TURNED))
    months = drawn.month_days()
    before = learning.learn(drawn.of(months[: histories.TURNS_IN - 2]))
    assert before.chosen.refusals == []
    after = learning.learn(drawn)
    assert after.chosen.refusals
    live = learning.tested_on(before.chosen.content, drawn, months[histories.TURNS_IN - 3])
    scale.tell(f"the live model after the turn: {live['auc']:.3f}, refused {after.chosen.refusals}")
    assert live["auc"] < 0.65


@pytest.mark.parametrize("into", [leaks.EVENTS, leaks.SURVEY, leaks.COUNTER])
def test_leaks_are_refused_by_name(drawn, into):
    chosen = learn(leaks.leaking(drawn, into)).chosen
    assert [one.feature for one in chosen.refusals] == [into]
