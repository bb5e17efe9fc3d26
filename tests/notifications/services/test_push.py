"""Notifications beside the other channels, sent over real sockets to a push service of our own."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import translation
from django.utils.translation import gettext

from customers.models import CustomerLogin
from ispbill.accounts import signals
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.devtools.sandbox.push import PushServer
from ispbill.notifications.gateways import web_push
from ispbill.notifications.models import Message, MessageSettings, PushDevice, PushKeys, Wording
from ispbill.notifications.services import bell, bulk, compose, deliver, outbox, push_keys
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.push import push_device

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 1, 10, 20, 0, tzinfo=UTC)  # two in the morning in Dhaka
BILL = {"invoice": "INV-1", "amount": "1150.00", "due_date": "2026-01-20"}


@pytest.fixture
def service(settings, tmp_path):
    settings.SANDBOX_DIR = tmp_path
    Company.objects.create(pk=1, name="Demo Net", phone="09612", email="office@demo.test")
    MessageSettings.current()  # devices alone: a bill would find another way
    MessageSettings.objects.update(uses_sms=False, uses_email=False)
    server = PushServer(tmp_path)
    yield server
    server.close()


@pytest.fixture
def customer():
    made = CustomerFactory(name="Amina", wants_sms=False, wants_email=False, language="en")
    CustomerLogin.objects.create(customer=made, user=UserFactory(role="CUSTOMER"))
    return made


def device_of(customer, service, **more):
    login = CustomerLogin.objects.get(customer=customer)
    return push_device(login.user, service.directory, **more)


def told(customer, at, event="invoice_issued", channels=None, context=BILL, dedup="INV-1"):
    letter = compose.to_customer(customer, context, dedup=dedup)
    return compose.enqueue(letter, event=event, at=at, channels=channels)


def sent(at):
    return deliver.send_batch(Message.WEB_PUSH, now=lambda: at)


def only(*fields):
    return Message.objects.values_list(*fields).get()


def test_a_bill_reaches_the_device_as_the_sms_would_say_it(service, customer, at):
    device = device_of(customer, service)
    assert told(customer, at) == 1
    assert told(customer, at) == 0

    assert sent(at)[0].accepted == 1

    assert only("state", "channel", "recipient", "provider", "subject") == (
        "SENT",
        "WEB_PUSH",
        f"Chrome on Android #{device.pk}",
        "web push",
        "Invoice issued",
    )
    shown = service.heard[0]
    assert shown["title"] == "Invoice issued"
    assert shown["body"].startswith("Dear Amina, your bill INV-1 of ")
    assert shown["body"].endswith("1,150.00 is ready. Please pay by 20 Jan 2026.")
    assert (shown["url"], shown["TTL"], shown["Urgency"]) == (
        "/portal/messages/",
        "259200",
        "normal",
    )
    assert shown["Topic"] == shown["tag"]
    device.refresh_from_db()
    assert device.used_at == at


def test_it_is_beside_the_sms_and_each_device_gets_its_own(service, customer, at):
    MessageSettings.objects.update(uses_sms=True)
    type(customer).objects.filter(pk=customer.pk).update(wants_sms=True)
    customer.refresh_from_db()
    device_of(customer, service)
    device_of(customer, service, name="Firefox on Linux")

    assert told(customer, at) == 3

    assert sorted(Message.objects.values_list("channel", flat=True)) == [
        "SMS",
        "WEB_PUSH",
        "WEB_PUSH",
    ]


def test_a_run_over_all_customers_writes_the_same_rows(service, customer, at):
    device = device_of(customer, service)
    select = (
        "SELECT %s::text, '', '', 'en', '{}'::jsonb, id, NULL::bigint, true, false, true"
        " FROM customers_customer"
    )

    assert bulk.enqueue_select("invoice_issued", select, ["INV-1"], at) == 1
    assert told(customer, at) == 0

    assert only("dedup_key", "recipient") == (
        f"invoice_issued:INV-1:WEB_PUSH.{device.pk}",
        device.address,
    )


def test_what_no_notification_is_made_of(service, customer, at):
    device_of(customer, service)
    code = {"code": "123456", "minutes": "5"}

    assert told(customer, at, event="one_time_code", context=code) == 0
    assert told(customer, at, channels=("SMS",)) == 1  # the SMS that was asked for alone
    Message.objects.all().delete()
    Wording.objects.create(event="welcome", channel="SMS", language="en", is_active=False)
    assert told(customer, at, event="welcome") == 0
    MessageSettings.current()
    MessageSettings.objects.update(uses_web_push=False)
    assert told(customer, at) == 0


def test_one_of_the_house_is_told_on_a_device_whatever_other_way_was_chosen(service, at):
    person = UserFactory(email="boss@demo.test")
    push_device(person, service.directory, app="CONSOLE")
    context = {
        "ticket": "TK-1",
        "subject": "No line",
        "ticket_url": "http://127.0.0.1:8000/admin/tickets/TK-1/",
    }
    letter = compose.to_person(person, context, fact="1:BREACHED", language="bn")

    compose.enqueue(letter, event="ticket_late", at=at, channels=("EMAIL",), is_urgent=True)
    sent(at)

    shown = service.heard[0]
    assert "TK-1" in shown["body"]
    assert (shown["url"], shown["Urgency"]) == ("/admin/tickets/TK-1/", "high")


def test_the_bell_rings_once_a_fact_not_for_own_doing_and_ten_of_a_kind_at_most(service, at):
    person, colleague = UserFactory(), UserFactory()
    device = push_device(person, service.directory, app="CONSOLE")

    def rung(fact, by=colleague, at=at):
        told = {"event": "router_down", "context": {"router": f"R{fact}"}, "fact": fact}
        return bell.ring([person, colleague], **told, at=at, by=by)

    assert rung("1", by=person) == 0
    assert [rung("1"), rung("1")] == [1, 0]
    assert sum(rung(str(number)) for number in range(2, 14)) == 10  # nine, and one for the rest
    assert Message.objects.filter(event="bell_many", user_id=person.pk).count() == 1
    assert rung("14", at=at + timedelta(minutes=6)) == 1
    assert set(Message.objects.values_list("recipient", flat=True)) == {device.address}


def test_what_rings_in_the_inbox_rings_on_the_device_in_its_owners_language(service, at):
    person = UserFactory(language="bn")
    push_device(person, service.directory, app="CONSOLE")
    told = {
        "user": person,
        "words": lambda: gettext("Late"),
        "about": "TK-2026-00042",
        "url": "/admin/tickets/TK-2026-00042/",
        "fact": "clock:1:breached",
        "at": at,
    }

    for _twice in range(2):
        signals.bell_rung.send(type(person), **told)
    sent(at)

    assert len(service.heard) == 1
    shown = service.heard[0]
    with translation.override("bn"):
        assert shown["body"] == f"TK-2026-00042: {gettext('Late')}।"
    assert shown["url"] == "/admin/tickets/TK-2026-00042/"


def test_the_bell_rings_for_those_who_may_decide_in_that_branch(service, at):
    here, elsewhere = BranchFactory(), BranchFactory()
    people = [
        UserFactory(role="BRANCH_MANAGER", branch=here),
        UserFactory(role="BRANCH_MANAGER", branch=elsewhere),
        UserFactory(role="TECHNICIAN", branch=here),
        UserFactory(),
    ]
    for person in people:
        push_device(person, service.directory, app="CONSOLE")

    heard = bell.listeners("approvals.decide", branch_id=here.pk)

    assert heard == [people[0], people[3]]


def test_at_night_only_what_is_urgent_goes(service, customer):
    device_of(customer, service)
    told(customer, NIGHT)
    told(customer, NIGHT, event="service_suspended", dedup="S")

    assert sent(NIGHT)[0].accepted == 1
    assert service.heard[0]["title"] == "Service suspended"


def test_a_device_that_is_gone_is_forgotten_and_the_message_failed(service, customer, at):
    device_of(customer, service)
    service.faults.push_gone = 1
    told(customer, at)

    sent(at)

    assert only("state", "error") == ("FAILED", "410 the device has switched them off")
    assert not PushDevice.objects.exists()


@pytest.mark.parametrize(
    ("fault", "wait"),
    [("push_too_many", timedelta(seconds=7)), ("push_server_errors", timedelta(minutes=1))],
)
def test_a_busy_service_is_asked_again_when_it_says(service, customer, at, fault, wait):
    device = device_of(customer, service)
    setattr(service.faults, fault, 1)
    told(customer, at)

    sent(at)

    assert only("state", "next_attempt_at") == ("QUEUED", at + wait)
    device.refresh_from_db()
    assert device.failed_at == at
    assert sent(at + wait)[0].accepted == 1


def test_a_silent_service_is_asked_again_for_the_notice_replaces_itself(
    service, customer, at, monkeypatch
):
    monkeypatch.setattr(web_push, "ANSWER_SECONDS", 0.2)
    device_of(customer, service)
    service.faults.push_slow_seconds = 0.6
    told(customer, at, event="service_activated")
    sent(at)
    service.faults.push_slow_seconds = 0

    assert only("state") == ("QUEUED",)
    assert sent(at + timedelta(minutes=1))[0].accepted == 1
    assert len({shown["tag"] for shown in service.heard}) == 1


@pytest.mark.parametrize("endpoint", ["", "https://10.0.0.5/push/x", "https://[fd00::1]/push/x"])
def test_a_service_inside_our_walls_is_never_called(service, customer, at, settings, endpoint):
    settings.SIMULATORS = False
    device = device_of(customer, service)
    PushDevice.objects.update(endpoint=endpoint or device.endpoint)
    told(customer, at)

    sent(at)

    assert service.heard == []
    assert only("state") == ("FAILED",)
    assert not PushDevice.objects.exists()


def test_new_keys_void_every_device_and_the_private_one_is_sealed(service, customer, at):
    old = device_of(customer, service)
    before = PushKeys.objects.get()

    assert push_keys.renew(act=Act(UserFactory(), at)) == 1

    after = PushKeys.objects.get()
    assert before.public_key != after.public_key
    assert not PushDevice.objects.filter(pk=old.pk).exists()
    assert len(after.sealed_private_key) > 60
    assert web_push.keys().private not in after.sealed_private_key


def test_what_was_sent_again_by_hand_goes_to_the_same_device(service, customer, at):
    device_of(customer, service)
    told(customer, at)
    sent(at)
    again = Act(UserFactory(), at + timedelta(hours=1), reason="They did not see it")

    outbox.resend(message=Message.objects.get(), act=again)
    sent(again.at)

    assert len(service.heard) == 2
    assert service.heard[0]["Topic"] == service.heard[1]["Topic"]


def test_without_any_device_a_letter_costs_no_further_statement(customer, at):
    told(customer, at)  # the choices are there
    with connection.execute_wrapper(_no_devices):
        told(customer, at, dedup="INV-2", channels=("SMS",))


def _no_devices(execute, sql, params, many, context):
    assert 'FROM "notifications_pushdevice"' not in sql
    return execute(sql, params, many, context)
