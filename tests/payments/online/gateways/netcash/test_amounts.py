"""Rand and cents: the trap in which others have lost a factor of a hundred."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.online.gateways.netcash import amounts, mandate_call, upload_file
from payments.online.gateways.netcash.contract import NetcashRefused
from tests.payments.online.gateways.netcash import orders

AMOUNTS = st.decimals(min_value="0.01", max_value="9999999999.99", places=2)


def test_five_hundred_ninety_nine_rand_is_59900_in_a_file_and_599_00_in_a_mandate():
    text = upload_file.write(orders.batch(), service_key="key", vendor_key="vendor")
    members = dict(mandate_call.parameters(orders.mandate(), service_key="key"))

    row = text.splitlines()[2].split("\t")
    keys = text.splitlines()[1].split("\t")
    assert row[keys.index("162")] == "59900"
    assert text.splitlines()[-1] == "F\t1\t59900\t9999"
    assert members["MandateAmount"] == "599.00"


@given(AMOUNTS)
def test_cents_are_the_amount_without_its_point_and_rand_reads_back(amount):
    assert str(amounts.cents(amount)) == f"{amount:.2f}".replace(".", "").lstrip("0")
    assert amounts.read_rand(amounts.rand(amount)) == amount


@pytest.mark.parametrize("amount", ["599.005", "0.001", "0", "-1", "NaN", "Infinity", "1E+12"])
def test_an_amount_that_is_not_whole_cents_above_nought_is_refused_everywhere(amount):
    with pytest.raises(NetcashRefused):
        amounts.cents(Decimal(amount))
    with pytest.raises(NetcashRefused):
        upload_file.write(
            orders.batch(orders.line(amount=amount)), service_key="key", vendor_key="vendor"
        )
    with pytest.raises(NetcashRefused):
        mandate_call.parameters(orders.mandate(amount=amount), service_key="key")


def test_money_is_never_a_float_or_an_int():
    for amount in (599.0, 599):
        with pytest.raises(TypeError):
            amounts.cents(amount)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("599.0000", "599.00"),
        ("R1.00", "1.00"),
        ("R 1 500.00", "1500.00"),
        ("1,500.5", "1500.50"),
        ("0.125", "0.13"),
        ("-7", "-7.00"),
        ("", None),
        ("1.2.3", None),
        ("NaN", None),
        ("12345678901234", None),
    ],
)
def test_rand_is_read_as_netcash_writes_it(text, amount):
    assert amounts.read_rand(text) == (None if amount is None else Decimal(amount))
