"""The list's rows are written without a template, so nobody else escapes what they hold."""

import re
from datetime import date

import pytest

from customers.models import Customer
from customers.queries import listing
from customers.views import columns, rows
from tests.factories.customers import CustomerFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db

NASTY = "<b>\"Rahim\"</b> & 'sons'"


def test_every_value_of_a_row_is_escaped():
    customer = CustomerFactory(name=NASTY, local_name=NASTY, tags=["<i>vip</i>"])
    SubscriptionFactory(customer=customer)

    html = _markup(columns.COLUMNS)

    assert "<b>" not in html
    assert "<i>" not in html
    assert html.count("&lt;b&gt;&quot;Rahim&quot;&lt;/b&gt; &amp; &#x27;sons&#x27;") == 4


def test_the_chosen_columns_are_written_in_their_order():
    CustomerFactory(name="Rahim Uddin")

    html = _markup(["number", "balance", "due", "since"])

    labels = re.findall(r'data-label="([^"]+)"', html)
    assert labels == ["Number", "Balance", "Due since", "Customer since"]


def test_every_column_on_offer_can_be_written():
    SubscriptionFactory(customer=CustomerFactory(name="Rahim Uddin"))

    assert [name for name in columns.COLUMNS if not _markup([name])] == []


def _markup(chosen):
    found = listing.page(Customer.objects.all()).rows
    return rows.markup(found, columns=chosen, on=date(2026, 1, 10))
