"""What providers tell of messages: forward only, once, in any order, and only when signed."""

from datetime import timedelta
from itertools import permutations

import pytest

from ispbill.notifications.gateways.heard import Reply, Report
from ispbill.notifications.models import DeliveryReport, Message, MessageSettings
from ispbill.notifications.services import outcomes, reports
from ispbill.notifications.services.names import client_id
from tests.factories.customers import CustomerFactory
from tests.factories.notifications import MessageFactory
from tests.notifications.providers import Provider

pytestmark = pytest.mark.django_db


def whatsapp(**fields):
    return MessageFactory(
        **{
            "channel": "WHATSAPP",
            "dedup_key": "payment_received:RCP-9:WHATSAPP",
            "state": "SENT",
            "provider": "whatsapp",
            "provider_ref": "wamid.1",
            **fields,
        }
    )


def told(message, status, at, *, ref="wamid.1", reason=""):
    return Report(ref, status, client_id(message), at, reason)


def state_of(message):
    message.refresh_from_db()
    return message.state


@pytest.mark.parametrize("order", list(permutations(["SENT", "DELIVERED", "READ"])))
def test_reports_in_any_order_and_twice_lead_to_the_same(order, at):
    message = whatsapp()
    for status in [*order, *order]:
        reports.take("whatsapp", [told(message, status, at)], at=at)
    assert state_of(message) == "DELIVERED"
    assert message.delivered_at == message.read_at == at
    assert DeliveryReport.objects.filter(message_id=message.pk).count() == 3


@pytest.mark.parametrize(
    ("state", "status", "result"),
    [
        ("SENT", "FAILED", "FAILED"),
        ("DELIVERED", "FAILED", "DELIVERED"),
        ("FAILED", "DELIVERED", "FAILED"),
        ("FAILED", "READ", "FAILED"),
        ("CANCELLED", "DELIVERED", "CANCELLED"),
        ("UNKNOWN", "SENT", "SENT"),
        ("UNKNOWN", "DELIVERED", "DELIVERED"),
        ("UNKNOWN", "FAILED", "FAILED"),
        ("QUEUED", "DELIVERED", "QUEUED"),
    ],
)
def test_a_message_only_moves_forward(state, status, result, at):
    message = whatsapp(state=state)
    reports.take("whatsapp", [told(message, status, at)], at=at)
    assert state_of(message) == result


def test_a_report_that_overtakes_the_sender_is_applied_once_the_sender_knows(at):
    message = whatsapp(state="SENDING", provider_ref="", attempts=1)
    assert reports.take("whatsapp", [told(message, "DELIVERED", at)], at=at) == 0
    assert state_of(message) == "SENDING"
    from ispbill.notifications.gateways.base import Accepted

    outcomes.note(message, Accepted("wamid.1"), Provider(name="whatsapp"), at=at)
    assert state_of(message) == "DELIVERED"


@pytest.mark.parametrize("name", ["", "m1-0000000000", "x", "m99999999999999999-0123456789"])
def test_a_report_of_nothing_of_ours_is_kept_and_moves_nothing(name, at):
    message = whatsapp()
    report = Report("wamid.1", "FAILED", name, at)
    assert reports.take("whatsapp", [report], at=at) == 0
    assert reports.take("twilio", [told(message, "FAILED", at)], at=at) == 0
    assert state_of(message) == "SENT"


def failed(message, at):
    report = told(message, "FAILED", at, reason="131026 not on WhatsApp")
    return reports.take("whatsapp", [report, report], at=at)


def test_an_sms_goes_in_the_place_of_a_whatsapp_message_and_only_once(at):
    message = whatsapp()
    failed(message, at)
    failed(message, at)
    sms = Message.objects.get(channel="SMS")
    assert (sms.instead_of_id, sms.recipient, sms.event) == (
        message.pk,
        message.recipient,
        message.event,
    )
    assert sms.context == message.context
    assert state_of(message) == "FAILED"
    assert message.error == "131026 not on WhatsApp"


def test_who_has_got_the_sms_already_gets_no_second_one(at):
    MessageFactory(dedup_key="payment_received:RCP-9:SMS", state="SENT")
    failed(whatsapp(), at)
    assert Message.objects.filter(channel="SMS").count() == 1


def test_no_sms_in_its_place_when_the_company_or_the_customer_wants_none(at):
    failed(whatsapp(customer_id=CustomerFactory(wants_sms=False).pk), at)
    MessageSettings.current()
    MessageSettings.objects.update(falls_back_to_sms=False)
    failed(whatsapp(dedup_key="payment_received:RCP-8:WHATSAPP", provider_ref="wamid.1"), at)
    assert not Message.objects.filter(channel="SMS").exists()


def test_stop_ends_offers_for_every_account_of_the_number(at):
    customer = CustomerFactory(wants_marketing=True)
    waiting = MessageFactory(event="offer", customer_id=customer.pk)
    reports.take("twilio", [Reply(customer.phone, "Do not stop!")], at=at)
    customer.refresh_from_db()
    assert customer.wants_marketing
    reports.take("twilio", [Reply(customer.phone, " Stop. "), Reply("+1", "STOP")], at=at)
    customer.refresh_from_db()
    assert not customer.wants_marketing
    assert state_of(waiting) == "CANCELLED"


def test_old_reports_are_forgotten(at):
    reports.take("whatsapp", [Report("wamid.1", "SENT", "", at)], at=at)
    assert reports.forget(at=at + timedelta(days=89)) == 0
    assert reports.forget(at=at + timedelta(days=91)) == 1
