"""The rows of the customers' list: what stands in them, and that kept markup is not shown stale."""

import re
from datetime import date

import pytest
from django.template.loader import render_to_string

from customers.models import Customer
from customers.queries import listing
from customers.views import columns, rows
from ispbill.core.models import Company
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
    assert labels == ["Number", "Balance", "Due", "Customer since"]


def test_every_column_on_offer_can_be_written():
    SubscriptionFactory(customer=CustomerFactory(name="Rahim Uddin"))

    assert [name for name in columns.COLUMNS if 'data-label="' not in _markup([name])] == []


def test_a_row_that_changed_is_written_anew():
    customer = CustomerFactory(name="Rahim Uddin", phone="+8801711000001")
    before = _markup(["phone"])

    Customer.objects.filter(pk=customer.pk).update(name="Karim Uddin")
    renamed = _markup(["phone"])
    Company.objects.filter(pk=Company.current().pk).update(phone_region="ZA")
    Company.forget_cached()
    abroad = _markup(["phone"])

    assert ("Rahim" in before, "Rahim" in renamed, "Karim" in renamed) == (True, False, True)
    assert (">01711000001<" in renamed, ">+880 " in abroad) == (True, True)


def _markup(chosen):
    found = listing.page(Customer.objects.all()).rows
    context = {
        "rows": rows.shown(found, columns=chosen, on=date(2026, 1, 10)),
        "shown": {name: name in chosen for name in columns.COLUMNS},
        "columns": [],
    }
    html = render_to_string("customers/staff/_rows.html", context)
    return html[html.index("<tbody>") :]
