"""What is noted, in the transaction it happens in; nothing where nobody is told."""

import json
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from customers.services import lifecycle
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.webhooks.models import Delivery, Occurrence
from ispbill.webhooks.services import spreading
from tests.factories.customers import AreaFactory, CustomerFactory, SubscriptionFactory
from tests.factories.outages import outage, resolved
from tests.factories.payments import open_invoice, paid
from tests.factories.tickets import opened
from tests.factories.webhooks import told

pytestmark = pytest.mark.django_db


def noted():
    return list(Occurrence.objects.order_by("pk").values_list("event", flat=True))


def test_nothing_is_noted_while_nobody_is_told():
    told(off_at=clock.real_now(), off_reason="gone")
    CustomerFactory()

    assert noted() == []


def test_what_is_rolled_back_never_happened():
    told()
    with transaction.atomic():
        CustomerFactory()
        assert noted() == ["customer.created"]
        transaction.set_rollback(True)

    assert noted() == []


def test_customers_tell_of_themselves_and_not_of_our_own_notes():
    told()
    customer = CustomerFactory()
    Customer.objects.filter(pk=customer.pk).update(address="House 9")
    Customer.objects.filter(pk=customer.pk).update(notes="for us alone")

    assert noted() == ["customer.created", "customer.updated"]


def test_a_service_tells_its_life():
    service = SubscriptionFactory(status="PENDING", activated_on=None)
    told()
    act = Act(None, clock.now(), reason="as the test tells it")
    today = clock.today()
    lifecycle.activate(subscription=service, on=today, act=act)
    lifecycle.suspend(
        subscription=service, kind="TECHNICAL", is_billed=True, decision={}, act=act, on=today
    )
    lifecycle.reactivate(subscription=service, act=act, on=today)
    lifecycle.cancel(subscription=service, act=act, on=today)
    SubscriptionFactory()

    assert [event for event in noted() if event.startswith("service.")] == [
        "service.activated",
        "service.suspended",
        "service.reactivated",
        "service.cancelled",
        "service.created",
    ]


def test_bills_and_payments_tell_of_themselves(at):
    customer = CustomerFactory()
    told()
    invoice = open_invoice(customer)
    paid(customer, at=at)

    assert noted().count("invoice.created") == 1
    assert noted().count("payment.completed") == 1
    invoice.refresh_from_db()
    assert noted().count("invoice.paid") == (invoice.amount_due == 0)


def test_tickets_and_outages_tell_of_themselves():
    told()
    opened()
    found = outage(areas=[AreaFactory()])
    resolved(found, restored_at=found.started_at + timedelta(hours=1))

    assert [event for event in noted() if event[:6] in ("ticket", "outage")] == [
        "ticket.created",
        "outage.started",
        "outage.resolved",
    ]


def test_a_bill_is_overdue_once():
    customer = CustomerFactory()
    open_invoice(customer, due=clock.today() - timedelta(days=1))
    open_invoice(customer, due=clock.today())
    told(["invoice.overdue"])

    assert (spreading.note_overdue(at=clock.now()), spreading.note_overdue(at=clock.now())) == (
        1,
        0,
    )


def test_the_same_message_for_each_address_and_the_person_only_where_allowed():
    customer = CustomerFactory(name="Rahim Uddin")
    plain = told(["customer.updated"])
    trusted = told(["customer.updated"], includes_personal=True)
    told(["invoice.paid"])
    Customer.objects.filter(pk=customer.pk).update(address="House 9")

    assert spreading.spread(at=clock.now()) == 2
    first, second = Delivery.objects.order_by("endpoint_id")
    assert (first.endpoint, second.endpoint) == (plain, trusted)
    assert first.message == second.message
    body, whole = json.loads(first.body), json.loads(second.body)
    assert body["type"] == "customer.updated"
    assert body["data"]["id"] == customer.number
    assert [body["data"][name] for name in ("name", "phone", "email", "address")] == [None] * 4
    assert whole["data"]["name"] == "Rahim Uddin"
    assert body["data"].keys() == whole["data"].keys()
    assert spreading.spread(at=clock.now()) == 0


def test_every_kind_of_thing_has_its_shape(at):
    told()
    customer = CustomerFactory()
    SubscriptionFactory(customer=customer)
    open_invoice(customer)
    paid(customer, at=at)
    opened(customer=customer)
    outage(areas=[AreaFactory()])

    spreading.spread(at=clock.now())

    things = {json.loads(one.body)["type"].partition(".")[0] for one in Delivery.objects.all()}
    assert things == {"customer", "service", "invoice", "payment", "ticket", "outage"}


def test_the_sequence_of_one_thing_rises():
    customer = CustomerFactory()
    told()
    for house in range(3):
        Customer.objects.filter(pk=customer.pk).update(address=f"House {house}")
    spreading.spread(at=clock.now())

    found = [json.loads(one.body)["sequence"] for one in Delivery.objects.order_by("pk")]
    assert found == sorted(set(found))


def test_what_was_told_is_forgotten_after_thirty_days():
    told()
    CustomerFactory()
    spreading.spread(at=clock.now())
    long_ago = clock.real_now() - timedelta(days=31)
    Delivery.objects.update(created_at=long_ago, state=Delivery.State.ARRIVED)
    Occurrence.objects.update(spread_at=long_ago)

    assert spreading.forget() >= 2
    assert not Delivery.objects.exists()
    assert not Occurrence.objects.exists()


def test_a_change_costs_no_further_statement_of_ours():
    told()
    customer = CustomerFactory()
    with CaptureQueriesContext(connection) as asked:
        Customer.objects.filter(pk=customer.pk).update(address="House 9")

    assert len(asked) == 1
