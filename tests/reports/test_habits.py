"""What is open comes in as bills like it were paid before."""

from decimal import Decimal

import pytest

from ispbill.reports.rules import habits
from ispbill.reports.rules.habits import Habit


def habit(before, after, *, age):
    """A class that had paid `before` of 100 at an age, and `after` a fortnight later."""
    return Habit(
        60, Decimal(100), {age: Decimal(before), age + habits.DAYS: Decimal(after - before)}
    )


@pytest.mark.parametrize(
    ("amount", "age", "before", "after", "comes"),
    [(1150, -3, 40, 94, 1035), (1725, 5, 50, 68, 621)],
)
def test_an_amount_brings_the_part_its_class_usually_pays_by_then(
    amount, age, before, after, comes
):
    days = habits.expected(Decimal(amount), age=age, habit=habit(before, after, age=age))

    assert sum(days) == comes
    assert days[-1] == comes


def test_of_what_hardly_anybody_pays_any_more_nothing_is_expected():
    assert sum(habits.expected(Decimal(500), age=90, habit=habit(99, 100, age=90))) == 0


def test_if_all_pay_the_whole_amount_comes_in_on_the_usual_days():
    days = habits.if_all_pay(Decimal(1725), age=5, habit=habit(50, 68, age=5))

    assert sum(days) == 1725
    assert days[-1] == 1725


def test_days_in_cents_add_up_to_the_rounded_sum():
    third = Decimal(100) / 3

    assert sum(habits.in_cents([third] * 3)) == 100
