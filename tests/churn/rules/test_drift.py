"""Whether customers changed, and on two nights running."""

import math

from churn.rules import drift


def test_the_same_shares_have_not_drifted():
    assert drift.psi([10, 20, 70], [100, 200, 700]) == 0


def test_the_index_of_two_bins_by_hand():
    # (.8 − .5) ln(.8/.5) + (.2 − .5) ln(.2/.5)
    by_hand = 0.3 * math.log(1.6) - 0.3 * math.log(0.4)
    assert math.isclose(drift.psi([50, 50], [80, 20]), by_hand)


def test_an_empty_bin_counts_a_ten_thousandth():
    by_hand = (0.0001 - 0.5) * math.log(0.0001 / 0.5) + 0.5 * math.log(1 / 0.5)
    assert math.isclose(drift.psi([50, 50], [0, 9]), by_hand)


def test_values_fall_into_bins_up_to_and_with_the_edge_unknown_apart():
    assert drift.counts([0, 1, 1.5, 2, 9, None], [1, 2]) == [2, 2, 1, 1]


def test_one_night_above_is_no_warning_two_are():
    calm, wild = {"tickets": 0.1}, {"tickets": 0.26, "tenure": 0.1}
    assert drift.drifted([wild]) == []
    assert drift.drifted([wild, calm, wild]) == []
    assert drift.drifted([calm, wild, wild]) == ["tickets"]
