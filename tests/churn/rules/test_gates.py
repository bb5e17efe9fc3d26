"""When a model may score."""

from datetime import date

import pytest

from churn.rules import gates

GOOD = {"auc": 0.80, "baseline": 0.66, "slope": 1.0, "ratio": 1.0}


def months(count, year=2025):
    return [date(year + at // 12, at % 12 + 1, 1) for at in range(count)]


def test_august_is_mature_on_30_october():
    assert not gates.is_mature(date(2026, 8, 1), date(2026, 10, 29))
    assert gates.is_mature(date(2026, 8, 1), date(2026, 10, 30))


def test_november_is_tested_by_a_model_that_knew_up_to_august():
    month, known = gates.origins(months(11))[-1]
    assert month == date(2025, 11, 1)
    assert known[-1] == date(2025, 8, 1)
    assert len(gates.origins(months(11))) == 3


def test_history_is_too_short_of_what_is_named():
    assert gates.lacking(9, 300, 60) == []
    assert [one.code for one in gates.lacking(8, 299, 59)] == [
        "months",
        "leavers",
        "recent_leavers",
    ]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"auc": 0.649, "baseline": 0.5}, "auc"),
        ({"baseline": 0.781}, "gain"),
        ({"slope": 0.79}, "slope"),
        ({"slope": 1.26}, "slope"),
        ({"ratio": 0.74}, "ratio"),
        ({"ratio": 1.34}, "ratio"),
        ({"auc": 0.97}, "too_good"),
    ],
)
def test_each_gate_refuses_by_name(changed, code):
    assert [one.code for one in gates.refusals({**GOOD, **changed})] == [code]


def test_at_the_gates_a_model_may_score():
    edge = {"auc": 0.65, "baseline": 0.63, "slope": 0.8, "ratio": 1.33}
    assert gates.refusals(GOOD) == gates.refusals(edge) == []


def test_a_feature_that_tells_by_itself_who_left_is_named():
    (leak,) = gates.leaks({"tickets": 0.91, "tenure": 0.3, "nps": 0.89})
    assert (leak.code, leak.feature) == ("leaking_feature", "tickets")
    assert [one.feature for one in gates.leaks({"stars": 0.1})] == ["stars"]


def test_trees_win_only_by_a_hundredth_and_for_certain():
    assert gates.boosting_wins(0.01, 0.001)
    assert not gates.boosting_wins(0.0099, 0.001)
    assert not gates.boosting_wins(0.03, 0.0)
