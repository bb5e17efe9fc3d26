"""What is recorded is what is known: nothing of it is shown to staff as news, nothing unknown."""

import pytest

from payments.online.gateways.known_answers import KNOWN
from payments.online.rules.answer_shapes import news, shape
from tests.payments.online.recorded import every

ALL = [
    pytest.param(gateway.upper(), one.values[0], id=f"{gateway}-{one.id}")
    for gateway in ("sslcommerz", "bkash", "nagad")
    for one in every(gateway)
]


@pytest.mark.parametrize(("provider", "one"), ALL)
def test_a_recorded_answer_is_no_news(provider, one):
    form = shape(one["answer"], coded=KNOWN[provider].values)

    assert news(form, KNOWN[provider]) == []


@pytest.mark.parametrize("provider", list(KNOWN))
def test_the_fields_with_known_values_are_known_fields(provider):
    assert set(KNOWN[provider].values) <= KNOWN[provider].fields
