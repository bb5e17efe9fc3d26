"""What we told a customer, readable in the portal: once for a fact, own ones only."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ispbill.core import clock
from ispbill.notifications.models import Message, PortalReading
from tests.factories.customers import CustomerFactory
from tests.factories.notifications import MessageFactory

pytestmark = pytest.mark.django_db

LIST, COUNT, READ = (
    reverse(f"portal:{name}") for name in ("messages", "messages-count", "read-messages")
)


@pytest.fixture(autouse=True)
def _tenth_of_january(at):
    clock.set_simulated(at)


def told(customer, fact, channel="SMS", **more):
    values = {"event": "invoice_issued", "state": "SENT", "body": f"Your bill {fact} is ready."}
    values |= more
    return MessageFactory(
        dedup_key=f"{values['event']}:{fact}:{channel}",
        channel=channel,
        customer_id=customer.pk,
        **values,
    )


def test_a_fact_told_three_ways_is_one_message_in_its_fullest_words(as_customer):
    customer = CustomerFactory()
    told(customer, "INV-1")
    told(customer, "INV-1", "EMAIL", subject="Your bill INV-1: due", body="Dear Amina,\n\nthe bill")
    told(customer, "INV-1", "WEB_PUSH.3")
    Message.objects.filter(channel="WEB_PUSH.3").update(channel="WEB_PUSH")

    page = as_customer(customer).get(LIST).content.decode()

    assert page.count("<article") == 1
    assert "Your bill INV-1: due" in page
    assert "SMS, E-mail, Notification" in page


def test_codes_stopped_ones_unwritten_ones_and_other_peoples_are_not_there(as_customer):
    customer = CustomerFactory()
    told(customer, "C", event="one_time_code", body="••••••")
    told(customer, "S", state="CANCELLED")
    told(customer, "Q", state="QUEUED", body="")
    told(CustomerFactory(), "X")
    client = as_customer(customer)

    assert "<article" not in client.get(LIST).content.decode()
    assert client.get(COUNT).content.strip() == b""


def test_new_ones_are_counted_until_they_are_read(as_customer):
    customer = CustomerFactory()
    told(customer, "INV-1")
    last = told(customer, "INV-2")
    client = as_customer(customer)
    assert client.get(COUNT).content.decode().strip().startswith("2")
    assert client.get(LIST).content.decode().count("New") >= 2

    answer = client.post(READ, {"until": last.pk})

    assert answer["Location"] == LIST
    assert client.get(COUNT).content.strip() == b""
    assert PortalReading.objects.get().read_until == last.pk
    client.post(READ, {"until": 1})  # never back
    client.post(READ, {"until": 10**15})  # and never ahead of what there is
    assert PortalReading.objects.get().read_until == last.pk
    told(customer, "INV-3")
    assert client.get(COUNT).content.decode().strip().startswith("1")


def test_months_old_ones_call_nobody(as_customer, at):
    customer = CustomerFactory()
    told(customer, "INV-1", created_at=at - timedelta(days=61))

    client = as_customer(customer)

    assert client.get(COUNT).content.strip() == b""
    assert "<article" in client.get(LIST).content.decode()


def test_older_ones_are_a_page_away_and_three_cost_no_more_than_one(as_customer):
    customer = CustomerFactory()
    client = as_customer(customer)
    told(customer, "INV-0")
    client.get(LIST)  # what is asked once a process
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    for number in range(1, 3):
        told(customer, f"INV-{number}")
    with CaptureQueriesContext(connection) as three:
        client.get(LIST)
    assert len(three) == len(one)
    for number in range(3, 23):
        told(customer, f"INV-{number}")

    first = client.get(LIST)
    older = client.get(f"{LIST}?before={first.context['older']}")

    assert len(first.context["notes"]) == 20
    assert [note.message.dedup_key for note in older.context["notes"]] == [
        "invoice_issued:INV-2:SMS",
        "invoice_issued:INV-1:SMS",
        "invoice_issued:INV-0:SMS",
    ]
