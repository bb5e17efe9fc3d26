"""Part of a period, part of a price. Worked tables: docs/algorithms/proration.md."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.invoices.rules import periods, proration
from billing.invoices.rules.periods import Cycle, Period
from billing.invoices.rules.proration import Policy
from tests.billing.invoices.rules import cases, reference
from tests.markdown import table

DATES = st.dates(min_value=date(2000, 1, 1), max_value=date(2060, 12, 31))
DAYS = st.integers(min_value=1, max_value=31)
PRICES = st.decimals(min_value=0, max_value=Decimal("999999.99"), places=2)
POLICIES = st.sampled_from(list(Policy))
CYCLES = st.sampled_from(list(Cycle))


@pytest.mark.parametrize("row", table("algorithms/proration.md", "Stretches"), ids=str)
def test_the_page_on_stretches_tells_the_truth(row):
    priced = proration.prorate(
        start=date.fromisoformat(row["Start"]),
        end=date.fromisoformat(row["End"]),
        billing_day=int(row["Billing day"]),
        price=Decimal(row["Price"].replace(",", "")),
        policy=Policy(row["Policy"]),
    )

    formulas = "; ".join(piece.explanation["formula"] for piece in priced.pieces)
    assert (formulas, str(priced.amount)) == (row["Arithmetic"], row["Amount"].replace(",", ""))


@pytest.mark.parametrize("case", cases.periods_cases(), ids=str)
def test_every_expected_period_and_amount_is_met(case):
    listed = periods.periods(case.start, case.billing_day, 3, Cycle(case.cycle))

    assert tuple((period.start, period.end) for period in listed) == case.periods
    anchor = periods.first_full_start(case.start, case.billing_day)
    amounts = tuple(
        proration.prorate(
            start=period.start,
            end=period.end,
            billing_day=case.billing_day,
            price=case.price,
            cycle=Cycle(case.cycle),
            anchor_start=anchor,
        ).amount
        for period in listed
    )
    assert amounts == case.amounts


@pytest.mark.parametrize("case", cases.stretch_cases(), ids=str)
def test_every_expected_stretch_is_met(case):
    priced = proration.prorate(
        start=case.start,
        end=case.end,
        billing_day=case.billing_day,
        price=case.price,
        cycle=Cycle(case.cycle),
        policy=Policy(case.policy),
    )

    assert tuple(piece.amount for piece in priced.pieces) == case.amounts


@given(DATES, st.integers(0, 200), DAYS, PRICES, CYCLES, POLICIES)
def test_amounts_agree_with_a_reckoning_in_whole_numbers(start, length, day, price, cycle, policy):
    end = start + timedelta(days=length)
    anchor = periods.first_full_start(start, day)

    priced = proration.prorate(
        start=start,
        end=end,
        billing_day=day,
        price=price,
        cycle=cycle,
        policy=policy,
        anchor_start=anchor,
    )

    expected = reference.prorated(
        start, end, day, int(price * 100), cycle.value, policy.value, anchor
    )
    assert [int(piece.amount * 100) for piece in priced.pieces] == expected


@given(DATES, DAYS, PRICES, POLICIES, CYCLES)
def test_a_stub_lies_between_nothing_and_the_price(start, day, price, policy, cycle):
    end = periods.next_billing_date(start, day)

    stub = proration.prorate(
        start=start, end=end, billing_day=day, price=price, policy=policy, cycle=cycle
    )

    assert 0 <= stub.amount <= price
    assert all(piece.amount >= 0 for piece in stub.pieces)


@given(DATES, DAYS, PRICES, POLICIES, CYCLES)
def test_a_whole_period_is_the_whole_price_in_one_piece(start, day, price, policy, cycle):
    anchor = periods.next_billing_date(start, day)
    period = periods.periods(anchor, day, 1, cycle)[0]

    priced = proration.prorate(
        start=period.start, end=period.end, billing_day=day, price=price, policy=policy, cycle=cycle
    )

    assert [piece.amount for piece in priced.pieces] == [price]
    assert str(priced.ratio) == "1.000000000"


@given(DATES, st.integers(0, 400), DAYS, PRICES, POLICIES, CYCLES)
def test_pieces_cover_every_day_once_and_sum_to_the_amount(
    start, length, day, price, policy, cycle
):
    end = start + timedelta(days=length)

    priced = proration.prorate(
        start=start, end=end, billing_day=day, price=price, policy=policy, cycle=cycle
    )

    bounds = [start, *(piece.end for piece in priced.pieces)]
    assert [piece.start for piece in priced.pieces] == bounds[:-1]
    assert bounds[-1] == end
    assert priced.days == length
    assert priced.amount == sum(piece.amount for piece in priced.pieces)


@given(DATES, st.integers(0, 400), DAYS, PRICES, POLICIES, CYCLES)
def test_every_explanation_gives_the_amount_again_after_a_trip_through_json(
    start, length, day, price, policy, cycle
):
    priced = proration.prorate(
        start=start,
        end=start + timedelta(days=length),
        billing_day=day,
        price=price,
        policy=policy,
        cycle=cycle,
    )

    for piece in priced.pieces:
        stored = json.loads(json.dumps(piece.explanation))
        assert proration.recompute(stored) == piece.amount


@given(DATES, DAYS, CYCLES)
def test_every_period_has_thirty_days_for_each_of_its_months(start, day, cycle):
    period = periods.periods(periods.next_billing_date(start, day), day, 1, cycle)[0]
    days = [period.start + timedelta(days=n) for n in range(period.days + 1)]

    counted = [
        periods.thirty_day_days(Period(one, another), period)
        for one, another in zip(days, days[1:], strict=False)
    ]

    assert sum(counted) == 30 * cycle.months
    assert min(counted) >= 0


@pytest.mark.parametrize(
    ("start", "end", "billing_day", "counted"),
    [
        (date(2026, 1, 9), date(2026, 2, 1), 1, 22),  # of a month of 31 days
        (date(2026, 4, 9), date(2026, 5, 1), 1, 22),
        (date(2026, 2, 9), date(2026, 3, 1), 1, 22),  # of one of 28: its last day is three
        (date(2026, 7, 10), date(2026, 7, 20), 1, 10),
        (date(2026, 1, 31), date(2026, 2, 1), 1, 1),
        (date(2026, 1, 30), date(2026, 1, 31), 1, 0),
    ],
)
def test_a_month_of_thirty_days_counts_days_as_bonds_do(start, end, billing_day, counted):
    priced = proration.prorate(
        start=start, end=end, billing_day=billing_day, price=Decimal("30.00"), policy=Policy.FIXED30
    )

    assert priced.amount == Decimal(counted)


def test_a_quarter_that_is_cut_short_is_measured_by_the_quarter_it_ends():
    priced = proration.prorate(
        start=date(2026, 1, 20),
        end=date(2026, 4, 5),
        billing_day=5,
        price=Decimal("2700.00"),
        cycle=Cycle.QUARTERLY,
    )

    assert [piece.explanation["formula"] for piece in priced.pieces] == [
        "75 of 90 days × 2700.00 = 2250.00"
    ]


def test_no_days_cost_nothing():
    priced = proration.prorate(
        start=date(2026, 1, 20), end=date(2026, 1, 20), billing_day=5, price=Decimal(1000)
    )

    assert (priced.pieces, str(priced.amount)) == ((), "0.00")


@pytest.mark.parametrize("price", ["-0.01", "NaN", "Infinity", "1.001"])
def test_a_price_that_is_none_is_refused(price):
    with pytest.raises(ValueError, match="price"):
        proration.prorate(
            start=date(2026, 1, 20), end=date(2026, 2, 5), billing_day=5, price=Decimal(price)
        )


def test_an_end_before_the_start_is_refused():
    with pytest.raises(ValueError, match="before the start"):
        proration.prorate(
            start=date(2026, 1, 20), end=date(2026, 1, 19), billing_day=5, price=Decimal(1)
        )


@pytest.mark.parametrize(
    "tampering",
    [{"version": 2}, {"days": 25}, {"divisor": 30}, {"ratio": "0.9"}, {"end": "2026-02-06"}],
)
def test_an_explanation_that_contradicts_itself_is_refused(tampering):
    piece = proration.prorate(
        start=date(2026, 1, 10), end=date(2026, 2, 5), billing_day=5, price=Decimal(1000)
    ).pieces[0]

    with pytest.raises(ValueError, match="explanation"):
        proration.recompute({**piece.explanation, **tampering})


def test_days_that_begin_or_end_with_their_period_lie_in_it():
    period = Period(date(2026, 2, 5), date(2026, 3, 5))
    price = Decimal("280.00")
    first = Period(date(2026, 2, 5), date(2026, 2, 12))
    last = Period(date(2026, 2, 12), date(2026, 3, 5))

    parts = [
        proration.part_of(days=days, period=period, price=price).amount
        for days in (first, last, period)
    ]

    assert parts == [Decimal("70.00"), Decimal("210.00"), price]
    for outside in (
        Period(date(2026, 2, 4), date(2026, 2, 12)),
        Period(date(2026, 2, 12), date(2026, 3, 6)),
    ):
        with pytest.raises(ValueError, match="lie in the period"):
            proration.part_of(days=outside, period=period, price=price)
