"""Twelve months of paying and thirty days of a line."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from customers.rules import picture
from customers.rules.picture import Bill, Day, Mark, Span, Use

ON = date(2026, 11, 22)


def bill(due, *, settled=None, open_="0.00", **values):
    return Bill(1, "INV-1", due, due, Decimal("735.00"), Decimal(open_), settled, **values)


def marks(*bills):
    return {one.month.month: (one.mark, one.days) for one in picture.squares(bills, on=ON)}


def test_a_month_is_on_time_late_missed_or_not_billed():
    found = marks(
        bill(date(2026, 7, 5), settled=date(2026, 7, 5)),
        bill(date(2026, 8, 5), settled=date(2026, 8, 16)),
        bill(date(2026, 9, 5), open_="735.00"),
        bill(date(2026, 11, 25), open_="735.00"),
    )

    assert found[7] == (Mark.ON_TIME, 0)
    assert found[8] == (Mark.LATE, 11)
    assert found[9] == (Mark.MISSED, 78)
    assert found[10] == (Mark.NOT_BILLED, 0)
    assert found[11] == (Mark.WAITING, 0)
    assert len(found) == 12


def test_the_worst_bill_of_a_month_is_its_mark():
    late, good = date(2026, 8, 16), date(2026, 8, 5)

    found = marks(bill(good, settled=late), bill(good, settled=good))

    assert found[8] == (Mark.LATE, 11)


def test_fees_and_corrections_and_what_was_credited_are_nobodys_lateness():
    day = date(2026, 8, 5)

    assert marks(bill(day, settled=date(2026, 9, 9), is_periodic=False))[8][0] == Mark.NOT_BILLED
    assert marks(bill(day, is_credited=True))[8][0] == Mark.CREDITED


def test_a_bill_due_on_the_day_is_not_missed():
    assert marks(bill(ON, open_="1.00"))[11] == (Mark.WAITING, 0)
    assert marks(bill(ON - timedelta(days=1), open_="1.00"))[11] == (Mark.MISSED, 1)


@pytest.mark.parametrize(
    ("use", "looks"),
    [
        (Use(None), {Day.NONE: 30}),
        (Use(date(2026, 1, 1)), {Day.OK: 30}),
        (Use(ON), {Day.NONE: 29, Day.OK: 1}),
        (Use(date(2026, 1, 1), end=ON), {Day.OK: 29, Day.NONE: 1}),
        (Use(date(2026, 1, 1), off=[Span(Day.DEBT, ON, None)]), {Day.OK: 29, Day.DEBT: 1}),
        (
            Use(date(2026, 1, 1), off=[Span(Day.PAUSED, date(2026, 11, 1), date(2026, 11, 11))]),
            {Day.OK: 20, Day.PAUSED: 10},
        ),
        (Use(date(2026, 1, 1), down_since=date(2026, 11, 20)), {Day.OK: 27, Day.DOWN: 3}),
    ],
)
def test_a_day_is_what_is_known_of_it(use, looks):
    days = [day for _on, day in picture.ribbon([use], on=ON)]

    assert {look: days.count(look) for look in looks} == looks
    assert len(days) == 30


def test_the_worst_of_two_lines_counts():
    good = Use(date(2026, 1, 1))
    off = Use(date(2026, 1, 1), off=[Span(Day.DEBT, ON, None)])

    assert picture.ribbon([good, off], on=ON)[-1] == (ON, Day.DEBT)
