"""The portals speak Bangla where the customer does."""

import pytest
from django.urls import reverse

from ispbill.core import clock
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice

pytestmark = pytest.mark.django_db(transaction=True)


def test_home_and_its_menu_are_in_bangla(as_customer, at):
    clock.set_simulated(at)
    customer = CustomerFactory(language="bn")
    open_invoice(customer)

    text = as_customer(customer).get(reverse("portal:home")).content.decode()

    assert "দিন" in text
    assert "হোম" in text
    for words in ("You owe", "Pay now", "Last payments", "days late"):
        assert words not in text
