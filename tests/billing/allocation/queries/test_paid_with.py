"""How a payment was made is named for people, never by a code."""

import pytest

from billing.allocation.models import Payment
from billing.allocation.queries import paid_with


@pytest.mark.parametrize(
    ("method", "instrument", "said"),
    [
        ("BKASH", "BKASH-BKash", "bKash"),
        ("NAGAD", "NAGAD-Nagad", "Nagad"),
        ("CARD", "DBBLMOBILEB-Dbbl Mobile Banking", "Rocket"),
        ("CARD", "VISA-Dutch Bangla", "Visa card (Dutch Bangla)"),
        ("CARD", "MASTER-CITY_BANK", "Mastercard"),
        ("CARD", "QCASH-QCASH", "Card"),
        ("CARD", "", "Card"),
        ("DEBIT_ORDER", "", "Debit order"),
        ("", "", ""),
        ("SOMETHING_NEW", "X", ""),
    ],
)
def test_a_payment_is_named_for_people(method, instrument, said):
    assert paid_with.words(method, instrument) == said


@pytest.mark.parametrize("language", ["en", "bn"])
@pytest.mark.parametrize("method", Payment.Method.values)
def test_no_method_is_named_by_its_code(method, language):
    assert paid_with.words(method, language=language) not in ("", method)
