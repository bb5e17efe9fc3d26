"""Part of a period, part of a price. Worked tables: docs/algorithms/proration.md."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules import periods, proration
from billing.rules.periods import Cycle, Period
from billing.rules.proration import Policy
from tests.billing.rules import cases, reference
from tests.markdown import table

DATES = st.dates(min_value=date(2000, 1, 1), max_value=date(2060, 12, 31))
DAYS = st.integers(min_value=1, max_value=31)
PRICES = st.decimals(min_value=0, max_value=Decimal("999999.99"), places=2)
POLICIES = st.sampled_from(list(Policy))
CYCLES = st.sampled_from(list(Cycle))


@st.composite
def changes(draw):
    """A whole period of some cycle, and a day in it."""
    day = draw(DAYS)
    anchor = periods.next_billing_date(draw(DATES), day)
    cycle = draw(CYCLES)
    period = periods.periods(anchor, day, 1, cycle)[0]
    on = period.start + timedelta(days=draw(st.integers(0, period.days - 1)))
    return {"period": period, "on": on, "cycle": cycle, "policy": draw(POLICIES)}


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


@pytest.mark.parametrize("row", table("algorithms/proration.md", "Package changes"), ids=str)
def test_the_page_on_package_changes_tells_the_truth(row):
    start, end = row["Period"].strip("[)").split(", ")

    change = proration.split_change(
        price_old=Decimal(row["Old price"]),
        price_new=Decimal(row["New price"]),
        period=Period(date.fromisoformat(start), date.fromisoformat(end)),
        on=date.fromisoformat(row["On"]),
    )

    amounts = (change.credit.amount, change.charge.amount, change.net)
    assert tuple(map(str, amounts)) == (row["Credit"], row["Charge"], row["Net"].replace("−", "-"))


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
        start=period.start,
        end=period.end,
        billing_day=day,
        price=price,
        policy=policy,
        cycle=cycle,
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


@given(changes(), PRICES)
def test_the_two_halves_of_a_split_are_the_price(change, price):
    first, second = proration.split(price=price, **change)

    assert first + second.amount == price
    assert 0 <= second.amount <= price


@given(changes(), PRICES)
def test_changing_to_the_same_price_is_free(change, price):
    assert proration.split_change(price_old=price, price_new=price, **change).net == 0


@given(changes(), PRICES, PRICES, st.none() | PRICES)
def test_a_credit_never_exceeds_what_was_charged(change, price_old, price_new, charged):
    quote = proration.split_change(
        price_old=price_old, price_new=price_new, charged=charged, **change
    )

    assert 0 <= quote.credit.amount <= (price_old if charged is None else charged)
    for piece in (quote.credit, quote.charge):
        stored = json.loads(json.dumps(piece.explanation))
        assert proration.recompute(stored) == piece.amount == Decimal(stored["amount"])


@given(changes(), PRICES, PRICES)
def test_a_dearer_package_never_costs_less(change, price_old, price_new):
    net = proration.split_change(price_old=price_old, price_new=price_new, **change).net

    assert net * (price_new - price_old) >= 0


@pytest.mark.parametrize("day", [1, 5, 25, 28, 29, 30, 31])
def test_fifty_years_of_split_months_come_to_the_price_to_the_cent(day):
    price = Decimal("999.99")
    for number, period in enumerate(periods.periods(date(2024, 1, 31), day, 600)[1:]):
        on = period.start + timedelta(days=number % period.days)

        first, second = proration.split(price=price, period=period, on=on)

        assert first + second.amount == price


def test_the_day_of_a_change_belongs_to_the_new_package():
    period = Period(date(2026, 1, 5), date(2026, 2, 5))

    change = proration.split_change(
        price_old=Decimal("1000.00"),
        price_new=Decimal("1500.00"),
        period=period,
        on=date(2026, 1, 10),
    )

    assert change.charge.start == change.credit.start == date(2026, 1, 10)
    assert change.charge.days == 26
    assert change.credit.explanation["formula"] == "26 of 31 days × 1000.00 = 838.71"


def test_a_change_on_the_first_day_swaps_the_whole_period():
    change = proration.split_change(
        price_old=Decimal("1000.00"),
        price_new=Decimal("1500.00"),
        period=Period(date(2026, 1, 5), date(2026, 2, 5)),
        on=date(2026, 1, 5),
    )

    assert (change.credit.amount, change.charge.amount) == (Decimal(1000), Decimal(1500))


@pytest.mark.parametrize("on", [date(2026, 1, 4), date(2026, 2, 5)])
def test_a_change_outside_the_period_is_refused(on):
    with pytest.raises(ValueError, match="in the period"):
        proration.split(
            price=Decimal(1000), period=Period(date(2026, 1, 5), date(2026, 2, 5)), on=on
        )


def test_where_rounding_each_half_would_add_a_cent_the_second_gives_way():
    period = Period(date(2026, 4, 1), date(2026, 5, 1))

    first, second = proration.split(price=Decimal("0.01"), period=period, on=date(2026, 4, 16))

    assert (first, second.amount) == (Decimal("0.01"), Decimal("0.00"))
    assert second.explanation["formula"] == "0.01 − 0.01 for the days before = 0.00"


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


def test_the_rest_of_a_period_must_go_with_the_days_before_it():
    period = Period(date(2026, 1, 5), date(2026, 2, 5))
    _, rest = proration.split(price=Decimal(1000), period=period, on=date(2026, 1, 10))

    with pytest.raises(ValueError, match="the days of its period"):
        proration.recompute({**rest.explanation, "less": []})


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
        Period(date(2026, 2, 4), date(2026, 2, 12)), Period(date(2026, 2, 12), date(2026, 3, 6))
    ):  # fmt: skip
        with pytest.raises(ValueError, match="lie in the period"):
            proration.part_of(days=outside, period=period, price=price)


def test_the_credit_of_a_change_is_held_to_what_was_charged():
    change = proration.split_change(
        price_old=Decimal("1000.00"),
        price_new=Decimal("1500.00"),
        period=Period(date(2026, 4, 1), date(2026, 5, 1)),
        on=date(2026, 4, 16),
        charged=Decimal("400.00"),
    )

    assert (change.credit.amount, change.charge.amount) == (Decimal(400), Decimal(750))
