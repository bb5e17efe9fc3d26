"""Discounts and tax on a piece of a period: laws over random cases, and worked examples."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.invoices.rules.charging import Reduction, Terms, charge, reduction
from billing.invoices.rules.proration import prorate

amounts = st.decimals(min_value=0, max_value=100_000, places=2)
rates = st.decimals(min_value=Decimal("0.00001"), max_value=1, places=5)
discounts = st.one_of(
    st.builds(Reduction, label=st.just("by rate"), rate=rates, is_stackable=st.booleans()),
    st.builds(
        Reduction,
        label=st.just("by amount"),
        amount=st.decimals(min_value=Decimal("0.01"), max_value=10_000, places=2),
        is_stackable=st.booleans(),
    ),
)
shares = st.decimals(min_value=Decimal("0.000000001"), max_value=1, places=9)


def piece(price, start=date(2026, 3, 1), end=date(2026, 4, 1)):
    return prorate(start=start, end=end, billing_day=1, price=price).pieces[0]


@given(amounts, st.lists(discounts, max_size=5), shares)
def test_a_discount_takes_between_nothing_and_all(amount, known, share):
    assert 0 <= reduction(amount, known, share=share) <= amount


@given(amounts, st.lists(discounts, max_size=4), discounts, shares)
def test_one_more_discount_never_makes_it_dearer(amount, known, more, share):
    assert reduction(amount, [*known, more], share=share) >= reduction(amount, known, share=share)


@given(amounts, st.lists(discounts, max_size=5), st.randoms(), shares)
def test_the_order_of_discounts_does_not_matter(amount, known, dice, share):
    shuffled = list(known)
    dice.shuffle(shuffled)

    assert reduction(amount, shuffled, share=share) == reduction(amount, known, share=share)


@given(amounts, st.lists(discounts, max_size=3), rates.filter(lambda r: r < 1), st.booleans())
def test_unit_less_discount_is_the_net_and_gross_is_kept(price, known, rate, included):
    line = charge(piece(price), terms=Terms(rate, includes_tax=included), reductions=known)

    assert line.unit - line.discount == line.amount.net
    if included:
        off = reduction(price, known, share=Decimal(1))
        assert line.amount.gross == price - off


@pytest.mark.parametrize(
    ("known", "off"),
    [
        ([], "0.00"),
        ([Reduction("a", rate=Decimal("0.1"))], "100.00"),
        # Two that combine add up: 10 % and 5 % are 15 % of the list amount.
        (
            [
                Reduction("a", rate=Decimal("0.1"), is_stackable=True),
                Reduction("b", rate=Decimal("0.05"), is_stackable=True),
            ],
            "150.00",
        ),
        # One that stands alone wins when it gives more …
        (
            [
                Reduction("a", rate=Decimal("0.1"), is_stackable=True),
                Reduction("b", rate=Decimal("0.2")),
            ],
            "200.00",
        ),
        # … and is left out when the others give more.
        (
            [
                Reduction("a", rate=Decimal("0.1"), is_stackable=True),
                Reduction("b", amount=Decimal("150"), is_stackable=True),
                Reduction("c", rate=Decimal("0.2")),
            ],
            "250.00",
        ),
        ([Reduction("a", amount=Decimal(5000))], "1000.00"),
    ],
)
def test_worked_examples(known, off):
    assert str(reduction(Decimal("1000.00"), known, share=Decimal(1))) == off


def test_an_amount_a_month_is_given_by_the_days():
    half = piece(Decimal("1000.00"), start=date(2026, 4, 16), end=date(2026, 5, 1))

    line = charge(
        half, terms=Terms(Decimal("0.15")), reductions=[Reduction("a", amount=Decimal("100.00"))]
    )

    assert (str(line.unit), str(line.discount)) == ("500.00", "50.00")
    assert str(line.amount.tax) == "67.50"


def test_an_exempt_customer_pays_what_an_inclusive_price_holds_without_tax():
    line = charge(
        piece(Decimal("1150.00")), terms=Terms(Decimal("0.15"), includes_tax=True, is_exempt=True)
    )

    assert (str(line.amount.net), line.amount.tax, line.tax_rate) == ("1000.00", 0, 0)


def test_a_discount_is_a_rate_or_an_amount():
    with pytest.raises(ValueError, match="rate or an amount"):
        Reduction("both", rate=Decimal("0.1"), amount=Decimal(1))


def test_the_unit_of_a_price_that_includes_tax_is_shown_without_it():
    line = charge(
        piece(Decimal("1150.00")),
        terms=Terms(Decimal("0.15"), includes_tax=True),
        reductions=[Reduction("a", rate=Decimal("0.1"))],
    )

    assert (str(line.unit), str(line.discount)) == ("1000.00", "100.00")
    assert (str(line.amount.net), str(line.amount.tax)) == ("900.00", "135.00")
