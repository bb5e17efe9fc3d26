"""As many are high as can be called in four weeks, and only well above the usual share."""

from churn.rules import levels

BASE = 0.02


def counted(probabilities, calls):
    cuts = levels.cuts(probabilities, base_rate=BASE, calls_per_week=calls)
    found = [levels.level(one, cuts) for one in probabilities]
    return found.count("HIGH"), found.count("MEDIUM")


def test_capacity_decides_where_many_are_likely_to_leave():
    many = [0.9 - at / 1000 for at in range(400)]

    assert counted(many, 5) == (20, 60)


def test_nobody_is_high_below_twice_the_usual_share():
    assert counted([0.039] * 10 + [0.019] * 10, 5) == (0, 10)
    assert counted([0.019] * 10, 5) == (0, 0)


def test_ties_are_in():
    assert counted([0.5] * 25 + [0.1] * 5, 5) == (25, 5)
