"""A NUL in whatever is sent is no fault of the page."""

import pytest
from django.urls import reverse

from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db

LISTS = [
    "staff_customers:index", "staff_billing:invoices", "staff_payments:index",
    "staff_payments:checkouts", "staff_notifications:outbox", "staff_network:routers",
]  # fmt: skip
NAMES = [
    "q",
    "text",
    "state",
    "number",
    "after",
    "before",
    "area",
    "size",
    "event",
    "channel",
    "page",
]


@pytest.fixture
def owner(client):
    client.force_login(UserFactory(role="OWNER"))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_searched_for_a_nul_is_a_list(client, owner, name):
    for field in NAMES:
        page = client.get(reverse(name), {field: "a\x00b"})

        assert page.status_code in (200, 302), field


def test_a_nul_in_a_form_is_taken_out(client, owner):
    customer = CustomerFactory()

    answer = client.post(
        reverse("staff_payments:pay"),
        {"customer": customer.number + "\x00", "amount": "10\x00", "reference": "a\x00b"},
    )

    assert answer.status_code in (200, 302, 422)


@pytest.mark.parametrize("number", ["CT\x00", "\x00"])
def test_a_nul_in_a_path_is_a_bad_address(client, owner, number):
    address = reverse("staff_billing:invoice", args=[number])

    assert client.get(address).status_code in (400, 404)


def test_a_nul_at_the_sign_in_is_a_wrong_password(client):
    answer = client.post(
        reverse("accounts:login"), {"login": "own\x00er@x.test", "password": "\x00"}
    )

    assert answer.status_code in (200, 422)
