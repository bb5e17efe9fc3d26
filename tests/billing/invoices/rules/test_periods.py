"""Periods follow the billing day without drift. Worked tables: docs/algorithms/periods.md."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.invoices.rules import periods
from billing.invoices.rules.periods import Cycle, Period
from tests.billing.invoices.rules import reference
from tests.markdown import table

DATES = st.dates(min_value=date(1990, 1, 1), max_value=date(2089, 12, 31))
DAYS = st.integers(min_value=1, max_value=31)
CYCLES = st.sampled_from(list(Cycle))
EVERY_BILLING_DAY = (1, 5, 25, 28, 29, 30, 31)


@pytest.mark.parametrize("row", table("algorithms/periods.md", "Billing dates"), ids=str)
def test_the_page_on_billing_dates_tells_the_truth(row):
    dates = [row[name] for name in row if name != "Billing day"]
    first = date.fromisoformat(dates[0])

    for expected in dates[1:]:
        first = periods.next_billing_date(first, int(row["Billing day"]))
        assert first.isoformat() == expected


@pytest.mark.parametrize("row", table("algorithms/periods.md", "First periods"), ids=str)
def test_the_page_on_first_periods_tells_the_truth(row):
    listed = periods.periods(
        date.fromisoformat(row["Start"]), int(row["Billing day"]), 3, Cycle(row["Cycle"])
    )

    assert [str(period) for period in listed] == [row["First"], row["Second"], row["Third"]]


@pytest.mark.parametrize("day", EVERY_BILLING_DAY)
def test_fifty_years_bill_every_day_exactly_once_and_never_drift(day):
    start = date(2024, 1, 17)

    listed = periods.periods(start, day, 12 * 50)

    assert listed[0].start == start
    assert all(left.end == right.start for left, right in zip(listed, listed[1:], strict=False))
    billed = [
        period.start + timedelta(days=step) for period in listed for step in range(period.days)
    ]
    assert billed == [start + timedelta(days=step) for step in range(len(billed))]
    for period in listed[1:]:
        last_of_month = (period.start + timedelta(days=1)).day == 1
        assert period.start.day == day or (period.start.day < day and last_of_month)
        assert 28 <= period.days <= 31


@given(DATES, DAYS, CYCLES, st.integers(min_value=1, max_value=30))
def test_periods_agree_with_a_walk_day_by_day(start, day, cycle, count):
    months = reference.MONTHS[cycle.value]
    bounds = [start]
    if not reference.is_boundary(start, day):
        bounds.append(reference.next_boundary(start, day))
    while len(bounds) <= min(count, 3):
        bounds.append(reference.next_boundary(bounds[-1], day, months))

    listed = periods.periods(start, day, count, cycle)

    assert len(listed) == count
    expected = list(zip(bounds, bounds[1:], strict=False))
    shortest = min(len(expected), count)
    assert [(period.start, period.end) for period in listed][:shortest] == expected[:shortest]


@given(DATES, DAYS)
def test_the_next_billing_date_is_later_and_the_last_is_not(on, day):
    assert periods.last_billing_date(on, day) <= on < periods.next_billing_date(on, day)
    assert (on in periods.period_containing(on, day)) is True


@given(DATES, DATES, DAYS, CYCLES)
def test_the_containing_period_is_one_of_the_anchored_row(on, start, day, cycle):
    anchor = periods.first_full_start(start, day)

    found = periods.period_containing(on, day, cycle, anchor)

    assert on in found
    if on >= anchor:
        row = periods.periods(anchor, day, 1 + (on - anchor).days // 28, cycle)
        assert found in row
    following = periods.period_containing(found.end, day, cycle, anchor)
    assert following.start == found.end


@given(DATES, DAYS, CYCLES)
def test_a_first_stub_lies_inside_one_anchored_period(start, day, cycle):
    anchor = periods.first_full_start(start, day)
    stub = periods.periods(start, day, 1, cycle)[0]

    whole = periods.period_containing(start, day, cycle, anchor)

    assert whole.start <= stub.start
    assert stub.end == whole.end


def test_the_last_day_of_a_short_month_counts_as_the_billing_day():
    assert periods.is_billing_date(date(2026, 2, 28), 30)
    assert not periods.is_billing_date(date(2024, 2, 28), 30)
    assert not periods.is_billing_date(date(2026, 3, 28), 30)


@pytest.mark.parametrize("day", [0, 32, -1])
def test_a_billing_day_outside_the_month_is_refused(day):
    with pytest.raises(ValueError, match="1 to 31"):
        periods.billing_date(2026, 1, day)


@pytest.mark.parametrize("anchor", [None, date(2026, 1, 6)])
def test_a_longer_cycle_needs_a_billing_date_to_count_from(anchor):
    with pytest.raises(ValueError, match="first full period"):
        periods.period_containing(date(2026, 1, 10), 5, Cycle.QUARTERLY, anchor)


def test_a_period_without_days_cannot_be_made():
    with pytest.raises(ValueError, match="ends after it starts"):
        Period(date(2026, 1, 5), date(2026, 1, 5))


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="negative"):
        periods.periods(date(2026, 1, 5), 5, -1)


@pytest.mark.parametrize(
    ("first", "end", "cycle"),
    [
        (date(2025, 12, 5), date(2026, 1, 5), Cycle.MONTHLY),
        (date(2026, 3, 31), date(2026, 4, 30), Cycle.MONTHLY),
        (date(2025, 11, 25), date(2026, 2, 25), Cycle.QUARTERLY),
        (date(2026, 1, 1), date(2026, 4, 1), Cycle.QUARTERLY),
        (date(2025, 5, 5), date(2026, 5, 5), Cycle.ANNUAL),
        (date(2024, 2, 29), date(2025, 2, 28), Cycle.ANNUAL),
        (date(2026, 1, 5), date(2026, 3, 5), Cycle.MONTHLY),  # of no cycle: by its days
    ],
)
def test_the_cycle_of_a_period_is_the_months_it_reaches_over(first, end, cycle):
    assert Cycle.of(Period(first, end)) is cycle


def test_the_end_of_a_period_does_not_belong_to_it():
    period = Period(date(2026, 1, 5), date(2026, 2, 5))

    assert [day in period for day in (date(2026, 1, 4), date(2026, 1, 5))] == [False, True]
    assert [day in period for day in (date(2026, 2, 4), date(2026, 2, 5))] == [True, False]


def test_no_periods_at_all_may_be_asked_for():
    assert periods.periods(date(2026, 1, 10), 5, 0) == ()
