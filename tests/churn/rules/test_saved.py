"""The worked example of the rules: what calling saved, and when nothing is proven."""

from churn.rules.saved import Group, earned, is_enough, kept, whole

HELD = Group(80, 24, 2250, 1300)
TREATED = Group(720, 108, 2700 - 110, 1200)


def ends(found):
    return found.value, found.low, found.high


def test_fifteen_points_fewer_left_which_are_108_customers():
    points = kept(held=HELD, treated=TREATED)
    customers = points.times(TREATED.count)

    assert [round(100 * end, 1) for end in ends(points)] == [15.0, 5.6, 26.0]
    assert [whole(end) for end in ends(customers)] == [108, 41, 187]
    assert points.is_proven


def test_money_net_of_what_acting_cost():
    money = earned(held=HELD, treated=TREATED).times(TREATED.count)

    assert [whole(end, 100) for end in ends(money)] == [244_800, 30_200, 459_400]
    assert money.is_proven


def test_an_interval_over_zero_has_proven_nothing():
    assert not kept(held=Group(80, 13), treated=Group(720, 108)).is_proven


def test_thirty_left_alone_are_enough():
    assert not is_enough(held=Group(29, 9), treated=TREATED)
    assert is_enough(held=Group(30, 9), treated=TREATED)
