"""The one state that counts: the first that fits."""

from datetime import date
from decimal import Decimal

import pytest

from customers.rules.next_act import Facts, State, state

ON = date(2026, 11, 22)
LATE, EARLY = date(2026, 11, 5), date(2026, 12, 5)


def facts(owed="0.00", due=None, **values):
    return Facts(ON, Decimal(owed), due, **values)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (facts("735", LATE, off=frozenset({"NON_PAYMENT"})), State.OFF_FOR_DEBT),
        (facts(off=frozenset({"PREPAID"})), State.PREPAID_OVER),
        (facts(has_live=True, is_online=False), State.DOWN),
        (facts("735", LATE, has_live=True, is_online=False), State.LATE),
        (facts("735", LATE, has_live=True), State.LATE),
        (facts(off=frozenset({"CUSTOMER_REQUEST"})), State.PAUSED),
        (facts(off=frozenset({"FRAUD"})), State.OFF),
        (facts(has_pending=True), State.NOT_INSTALLED),
        (facts("735", LATE), State.CLOSED),
        (facts("735", EARLY, has_live=True), State.DUE),
        (facts("735", ON, has_live=True), State.DUE),
        (facts(has_live=True, is_online=True), State.SETTLED),
        (facts("-10", has_live=True), State.SETTLED),
        (facts(has_live=True, is_online=None), State.SETTLED),
    ],
)
def test_the_first_that_fits(given, wanted):
    assert state(given) == wanted
