"""Rounding, tax, sharing out and reading amounts. Worked tables: docs/algorithms/rounding.md."""

from decimal import ROUND_HALF_EVEN, Decimal, getcontext, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ispbill.core import money
from ispbill.core.money import AmountRefused, Taxed

AMOUNTS = st.decimals(
    min_value=Decimal("-999999999999.99"), max_value=Decimal("999999999999.99"), places=2
)
POSITIVE = st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2)
RATES = st.sampled_from([Decimal(rate) for rate in ("0", "0.05", "0.15", "0.18", "0.155", "1")])


@pytest.mark.parametrize(
    ("raw", "rounded"),
    [
        ("0.004", "0.00"),
        ("0.005", "0.01"),
        ("0.015", "0.02"),
        ("0.025", "0.03"),
        ("2.675", "2.68"),
        ("-0.005", "-0.01"),
        ("-0.004", "0.00"),
        ("1E+3", "1000.00"),
    ],
)
def test_a_half_is_rounded_away_from_zero(raw, rounded):
    assert str(money.round_money(Decimal(raw))) == rounded


@pytest.mark.parametrize("raw", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_no_number_cannot_be_rounded(raw):
    with pytest.raises(ValueError, match="finite"):
        money.round_money(Decimal(raw))


def test_rounding_does_not_depend_on_the_callers_decimal_context():
    with localcontext() as context:
        context.prec = 4
        context.rounding = ROUND_HALF_EVEN

        assert money.round_money(Decimal("1234567.125")) == Decimal("1234567.13")
        assert money.ratio(1, 3) == Decimal("0.333333333")


@given(st.decimals(min_value=-(10**11), max_value=10**11, places=5))
def test_rounding_is_never_off_by_more_than_half_a_unit(amount):
    rounded = money.round_money(amount)

    assert abs(rounded - amount) <= Decimal("0.005")
    assert money.round_money(rounded) == rounded


def test_gross_is_net_plus_tax():
    assert Taxed.from_net(Decimal("1500"), Decimal("0.15")).gross == Decimal("1725.00")


def test_tax_is_reckoned_on_the_rounded_net():
    taxed = Taxed.from_net(Decimal("0.095"), Decimal("0.15"))

    assert taxed == Taxed(Decimal("0.10"), Decimal("0.02"))


@given(AMOUNTS, RATES)
def test_a_price_with_tax_included_keeps_its_gross(gross, rate):
    assert Taxed.from_gross(gross, rate).gross == gross


@given(AMOUNTS, RATES)
def test_tax_taken_out_is_within_one_unit_of_tax_put_on(gross, rate):
    taxed = Taxed.from_gross(gross, rate)

    assert abs(Taxed.from_net(taxed.net, rate).tax - taxed.tax) <= Decimal("0.01")


@given(AMOUNTS, RATES)
def test_a_line_and_its_negation_come_to_nothing(net, rate):
    taxed = Taxed.from_net(net, rate)

    assert taxed + -taxed == Taxed.nothing()
    assert taxed - taxed == Taxed.nothing()
    assert -taxed == Taxed.from_net(-net, rate)


def test_lines_are_summed_without_being_rounded_again():
    line = Taxed.from_net(Decimal("0.10"), Decimal("0.15"))

    assert money.total([line, line, line]) == Taxed(Decimal("0.30"), Decimal("0.06"))
    assert money.total([]) == Taxed.nothing()


@pytest.mark.parametrize("rate", ["15", "-0.15", "1.01"])
def test_a_rate_written_as_percent_is_refused(rate):
    with pytest.raises(ValueError, match="fraction"):
        Taxed.from_net(Decimal(100), Decimal(rate))


@pytest.mark.parametrize("amount", [1.5, 1])
def test_money_is_never_a_float_or_an_int(amount):
    with pytest.raises(TypeError, match="Decimal"):
        Taxed(amount, Decimal(0))


@given(
    AMOUNTS,
    st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=12).filter(any),
)
def test_shares_sum_to_the_whole_and_each_is_within_a_unit_of_exact(amount, weights):
    parts = money.allocate(amount, weights)

    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        with localcontext(prec=60):
            exact = amount * weight / sum(weights)
            assert abs(part - exact) < Decimal("0.01")
        if weight == 0:
            assert part == 0


@given(AMOUNTS, st.integers(min_value=1, max_value=60))
def test_an_even_split_differs_by_one_unit_at_most(amount, count):
    parts = money.split_evenly(amount, count)

    assert len(parts) == count
    assert sum(parts) == amount
    assert max(parts) - min(parts) <= Decimal("0.01")


def test_the_first_part_gets_the_odd_unit():
    assert money.split_evenly(Decimal("10.00"), 3) == (
        Decimal("3.34"),
        Decimal("3.33"),
        Decimal("3.33"),
    )


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_weights_that_share_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        money.allocate(Decimal(10), weights)


def test_an_amount_finer_than_the_currency_is_not_shared():
    with pytest.raises(ValueError, match="more than 2 decimals"):
        money.allocate(Decimal("0.001"), [1, 1])


def test_there_is_no_split_into_no_parts():
    with pytest.raises(ValueError, match="at least one part"):
        money.split_evenly(Decimal(1), 0)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1234.5", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1,234", "1234.00"),
        ("12,34,567.50", "1234567.50"),
        ("1,23,456", "123456.00"),
        ("1 234 567,50", "1234567.50"),
        ("1\u00a0234\u202f567,5", "1234567.50"),
        ("R 1 234,50", "1234.50"),
        ("R1,234.50", "1234.50"),
        ("12,34", "12.34"),
        ("12,5", "12.50"),
        ("৳ ১২,৩৪,৫৬৭.৫০", "1234567.50"),
        ("৫০০", "500.00"),
        ("Tk 500/-", "500.00"),
        ("₹1,200", "1200.00"),
        ("Rs. 1,200", "1200.00"),
        ("1200 BDT", "1200.00"),
        ("  0500 ", "500.00"),
        (".5", "0.50"),
        ("5.", "5.00"),
        ("0", "0.00"),
    ],
)
def test_amounts_are_read_as_people_write_them(text, amount):
    assert str(money.parse_amount(text)) == amount


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("৳", "empty"),
        ("-5", "negative"),
        ("−5", "negative"),
        ("৳ -5.00", "negative"),
        ("NaN", "unreadable"),
        ("Infinity", "unreadable"),
        ("1e5", "unreadable"),
        ("1E+5", "unreadable"),
        ("+5", "unreadable"),
        ("(5)", "unreadable"),
        ("0x10", "unreadable"),
        ("1_000", "unreadable"),
        ("five", "unreadable"),
        ("٣", "unreadable"),
        (".", "unreadable"),
        (",", "unreadable"),
        ("1,234,50", "unreadable"),
        ("1,23,45", "unreadable"),
        ("12 5", "unreadable"),
        ("1.2.3", "unreadable"),
        ("1.234,50", "unreadable"),
        ("1.234", "decimals"),
        ("0,123", "decimals"),
        ("1234,567", "decimals"),
        ("9999999999999", "large"),
    ],
)
def test_what_cannot_be_meant_for_sure_is_refused_with_its_cause(text, code):
    with pytest.raises(AmountRefused) as refusal:
        money.parse_amount(text)

    assert refusal.value.code == code


def test_refusals_are_value_errors_with_a_sentence():
    with pytest.raises(ValueError, match=r"^Write at most 2 digits after the decimal point\.$"):
        money.parse_amount("1.005")


def test_a_currency_without_decimals_takes_none():
    assert str(money.parse_amount("1,200", decimals=0)) == "1200"
    with pytest.raises(AmountRefused):
        money.parse_amount("1200.5", decimals=0)


@given(st.text(max_size=30))
def test_no_text_pauses_the_reader(text):
    try:
        amount = money.parse_amount(text)
    except AmountRefused:
        return
    assert amount >= 0
    assert amount == money.round_money(amount)


@given(POSITIVE)
def test_what_str_writes_is_read_back(amount):
    assert money.parse_amount(str(amount)) == amount


def test_reading_leaves_the_decimal_context_alone():
    before = getcontext().copy()

    money.parse_amount("1,234.50")

    assert str(getcontext()) == str(before)
