"""Columns and saved views of the register of payments."""

import html
import re

import pytest

from ispbill.accounts.models import SavedView
from ispbill.core import clock
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import paid

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner(client):
    user = UserFactory()
    client.force_login(user)
    return user


def heads(client):
    page = html.unescape(client.get("/admin/payments/").content.decode())
    table = page[page.index("<thead>") : page.index("</thead>")]
    return re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', table)


def test_only_the_ticked_columns_are_shown_and_remembered(client, owner):
    payment = paid(CustomerFactory(), "100.00", at=clock.now(), reference="TXN-9")

    client.post("/admin/payments/columns/", {"columns": ["booked", "method", "nonsense"]})

    assert heads(client) == ["Receipt no.", "Customer", "Amount (৳)", "Method", "Day in the books"]
    page = client.get("/admin/payments/").content.decode()
    assert payment.receipt_number in page
    assert "TXN-9" not in page


def test_filters_are_kept_under_a_name_and_become_a_tab(client, owner):
    data = {"name": "Mobile money", "query": "method=BKASH&all=1&after=77", "is_shared": "on"}

    client.post("/admin/payments/views/save/", data)
    client.force_login(UserFactory(role="CASHIER"))
    tabs = client.get("/admin/payments/?method=BKASH&all=1").context["tabs"]

    assert SavedView.objects.get().query == "method=BKASH&all=1"
    assert [(tab["label"], tab["is_own"]) for tab in tabs if tab["current"]] == [
        ("Mobile money", False)
    ]


def test_only_its_owner_removes_a_view(client, owner):
    view = SavedView.objects.create(user=owner, page="payments", name="Mine", query="all=1")
    address = f"/admin/payments/views/{view.pk}/remove/"
    client.force_login(UserFactory())

    assert client.post(address).status_code == 404
    client.force_login(owner)
    client.post(address)

    assert not SavedView.objects.exists()
