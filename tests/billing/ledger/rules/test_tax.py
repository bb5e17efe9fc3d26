"""Tax per line, and credits that never exceed the charge."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.ledger.rules import tax
from ispbill.core.money import Taxed
from tests.markdown import table

AMOUNTS = st.decimals(min_value=0, max_value=Decimal("999999.99"), places=2)
RATES = st.sampled_from([Decimal(rate) for rate in ("0", "0.05", "0.15", "0.18", "0.155")])


def taxed(net, tax_amount):
    return Taxed(Decimal(net), Decimal(tax_amount))


@pytest.mark.parametrize("row", table("algorithms/rounding.md", "Tax per line"), ids=str)
def test_the_page_on_tax_tells_the_truth(row):
    line = tax.tax_line(
        Decimal(row["Amount"]), Decimal(row["Rate"]), inclusive=row["Tax is"] == "included"
    )

    assert (str(line.net), str(line.tax), str(line.gross)) == (row["Net"], row["Tax"], row["Gross"])


@pytest.mark.parametrize("row", table("algorithms/rounding.md", "Half-up"), ids=str)
def test_the_page_on_rounding_tells_the_truth(row):
    assert str(tax.tax_line(Decimal(row["Exact"]), Decimal(0)).net) == row["Rounded"]


def test_a_documents_tax_is_the_sum_of_its_lines_not_the_tax_of_its_total():
    lines = [tax.tax_line(Decimal("0.10"), Decimal("0.15")) for _ in range(3)]

    assert tax.document_total(lines) == taxed("0.30", "0.06")
    assert tax.tax_line(Decimal("0.30"), Decimal("0.15")) == taxed("0.30", "0.05")


def test_an_exempt_customer_pays_the_net_only():
    rate = Decimal("0.15")

    assert tax.tax_line(Decimal(100), rate, exempt=True) == taxed("100.00", "0.00")
    assert tax.tax_line(Decimal(115), rate, inclusive=True, exempt=True) == taxed("100.00", "0.00")


def test_tax_is_listed_per_rate():
    lines = [
        (Decimal("0.15"), taxed("100.00", "15.00")),
        (Decimal(0), taxed("10.00", "0.00")),
        (Decimal("0.15"), taxed("1.00", "0.15")),
    ]

    assert list(tax.by_rate(lines).items()) == [
        (Decimal(0), taxed("10.00", "0.00")),
        (Decimal("0.15"), taxed("101.00", "15.15")),
    ]


@given(AMOUNTS, RATES, st.lists(AMOUNTS, max_size=8), st.booleans())
def test_credits_never_exceed_the_charge_and_the_last_takes_the_rest(net, rate, parts, inclusive):
    charged = tax.tax_line(net, rate, inclusive=inclusive)
    credited = Taxed.nothing()

    for part in [*parts, charged.net]:
        credit = tax.credit_line(charged=charged, credited=credited, net=part, rate=rate)
        credited += credit
        assert 0 <= credit.net <= charged.net
        assert credit.tax >= 0
        assert credited.net <= charged.net
        assert credited.tax <= charged.tax

    assert credited == charged


def test_ten_credits_of_a_tenth_give_back_the_tax_once():
    charged = tax.tax_line(Decimal("1.00"), Decimal("0.15"))
    credited = Taxed.nothing()

    for _ in range(10):
        credited += tax.credit_line(
            charged=charged, credited=credited, net=Decimal("0.10"), rate=Decimal("0.15")
        )

    assert credited == charged == taxed("1.00", "0.15")


def test_many_small_credits_whose_tax_rounds_to_nothing_still_give_all_the_tax_back():
    charged = tax.tax_line(Decimal("1.00"), Decimal("0.15"))
    credited = Taxed.nothing()

    for _ in range(34):
        credited += tax.credit_line(
            charged=charged, credited=credited, net=Decimal("0.03"), rate=Decimal("0.15")
        )

    assert credited == charged


@pytest.mark.parametrize(
    ("credited", "net"), [(Taxed.nothing(), "-1"), (taxed("101.00", "0.00"), "1")]
)
def test_a_credit_of_a_negative_or_over_credited_charge_is_refused(credited, net):
    with pytest.raises(ValueError, match="what is left"):
        tax.credit_line(
            charged=taxed("100.00", "15.00"),
            credited=credited,
            net=Decimal(net),
            rate=Decimal("0.15"),
        )
