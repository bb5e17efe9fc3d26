"""N periods of a discount: what the billing run will discount, counted."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.invoices.rules.periods import (
    Cycle,
    is_billing_date,
    next_billing_date,
    period_containing,
)
from billing.pricing.rules.discount_spans import end_after

DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


def billed(start, day, cycle, count):
    """The pieces a run bills one after another from a day on: (first day, end, whole)."""
    for _n in range(count):
        whole = is_billing_date(start, day)
        end = (
            period_containing(start, day, cycle, start).end
            if whole
            else next_billing_date(start, day)
        )
        yield start, end, whole
        start = end


@given(DAYS, st.integers(1, 31), st.sampled_from(list(Cycle)), st.integers(1, 24))
def test_exactly_n_whole_periods_begin_in_the_span_and_the_stub_before_them(
    start, day, cycle, cycles
):
    end = end_after(start=start, billing_day=day, cycle=cycle, cycles=cycles)

    pieces = list(billed(start, day, cycle, cycles + 3))
    inside = [whole for first, _end, whole in pieces if first < end]
    assert inside.count(True) == cycles
    assert inside.count(False) == (0 if is_billing_date(start, day) else 1)
    assert inside == [whole for _first, _end, whole in pieces[: len(inside)]]
    assert end in [piece_end for _first, piece_end, _whole in pieces]  # never inside a period


@given(DAYS, st.integers(1, 31), st.sampled_from(list(Cycle)), st.integers(1, 24))
def test_a_later_start_never_ends_earlier_and_one_period_more_ends_later(start, day, cycle, cycles):
    end = end_after(start=start, billing_day=day, cycle=cycle, cycles=cycles)

    later = end_after(start=start + timedelta(days=1), billing_day=day, cycle=cycle, cycles=cycles)
    more = end_after(start=start, billing_day=day, cycle=cycle, cycles=cycles + 1)
    assert start < end <= later
    assert end < more


@pytest.mark.parametrize(
    ("start", "day", "cycles", "end"),
    [
        (date(2026, 2, 5), 5, 3, date(2026, 5, 5)),
        (date(2026, 1, 10), 5, 3, date(2026, 5, 5)),  # 10 January to 5 February comes on top
        (date(2026, 1, 30), 30, 1, date(2026, 2, 28)),
        (date(2026, 2, 28), 30, 1, date(2026, 3, 30)),
    ],
)
def test_the_examples_of_the_page_on_discounts(start, day, cycles, end):
    assert end_after(start=start, billing_day=day, cycle=Cycle.MONTHLY, cycles=cycles) == end


def test_less_than_one_period_is_no_discount():
    with pytest.raises(ValueError, match="at least one"):
        end_after(start=date(2026, 1, 1), billing_day=1, cycle=Cycle.MONTHLY, cycles=0)
