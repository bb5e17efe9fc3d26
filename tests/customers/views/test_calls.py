"""Writing a call down from a customer's page, and the log."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from customers.models import Call
from ispbill.accounts.models import User
from ispbill.core import clock
from tests.factories.customers import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db
INDEX = reverse("staff_customers:calls")


@pytest.fixture(autouse=True)
def _still(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 1, 10, 6, tzinfo=UTC))


def test_a_call_is_logged_and_told_on_the_timeline(client, owner):
    amina = CustomerFactory(name="Amina")
    url = reverse("staff_customers:call", args=[amina.number])
    assert "Call with Amina" in client.get(url).content.decode()

    client.post(
        url, {"direction": "OUT", "outcome": "SPOKE", "text": "pays on Friday", "minutes": 3}
    )

    call = Call.objects.get()
    assert (call.seconds, call.phone, call.by) == (180, amina.phone, owner)
    page = client.get(reverse("staff_customers:customer", args=[amina.number])).content.decode()
    assert "pays on Friday" in page
    assert "pays on Friday" in client.get(INDEX).content.decode()


def test_a_call_back_without_a_time_is_refused(client, owner):
    url = reverse("staff_customers:call-lead", args=[LeadFactory().pk])

    answer = client.post(url, {"direction": "OUT", "outcome": "CALL_BACK"})

    assert (answer.status_code, Call.objects.count()) == (422, 0)


def test_the_log_costs_as_much_with_three_as_with_one(client, owner, django_assert_num_queries):
    def log():
        url = reverse("staff_customers:call", args=[CustomerFactory().number])
        client.post(url, {"direction": "IN", "outcome": "SPOKE"})

    log()
    client.get(INDEX)
    with django_assert_num_queries(2):
        client.get(INDEX)
    log()
    log()
    with django_assert_num_queries(2):
        client.get(INDEX)


def test_who_may(client, sign_in):
    amina = CustomerFactory()
    sign_in(User.Role.AUDITOR)
    assert client.get(INDEX).status_code == 200
    assert client.get(reverse("staff_customers:call", args=[amina.number])).status_code == 403
    sign_in(User.Role.BRANCH_MANAGER)
    assert client.get(reverse("staff_customers:call", args=[amina.number])).status_code == 404
