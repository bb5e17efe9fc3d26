from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from ispbill.notifications.models import Message, MessageSettings, ReminderRefusal, Wording
from ispbill.notifications.services import bulk, compose
from ispbill.notifications.services.compose import Letter
from tests.factories.customers import CustomerFactory
from tests.factories.notifications import MessageFactory
from tests.queued import instead_of

pytestmark = pytest.mark.django_db

NIGHT = datetime(2026, 1, 10, 20, 0, tzinfo=UTC)  # two in the morning in Dhaka
MORNING = datetime(2026, 1, 11, 2, 0, tzinfo=UTC)  # eight o'clock there

BILL = {"name": "Amina", "invoice": "INV-2026-00042", "amount": "1150.00", "due_date": "2026-01-20"}


def enqueue(at, event="invoice_issued", channels=None, **changes):
    told = {
        "phone": "+8801711000001",
        "email": "amina@demo.test",
        "language": "bn",
        "context": BILL,
        "dedup": "INV-2026-00042",
        "customer_id": 7,
    }
    return compose.enqueue(Letter(**{**told, **changes}), event=event, at=at, channels=channels)


def test_a_bill_is_told_by_sms_and_mail_once_however_often_it_is_asked(at):
    assert enqueue(at) == 2
    assert enqueue(at) == 0

    rows = Message.objects.order_by("channel").values_list(
        "dedup_key", "channel", "recipient", "language", "customer_id", "state", "context"
    )
    assert list(rows) == [
        (
            "invoice_issued:INV-2026-00042:EMAIL",
            "EMAIL",
            "amina@demo.test",
            "bn",
            7,
            "QUEUED",
            BILL,
        ),
        ("invoice_issued:INV-2026-00042:SMS", "SMS", "+8801711000001", "bn", 7, "QUEUED", BILL),
    ]


def test_the_database_itself_refuses_a_second_message_of_the_same_key():
    first = MessageFactory()

    with pytest.raises(IntegrityError, match="message_once"), transaction.atomic():
        MessageFactory(dedup_key=first.dedup_key)


def test_a_message_of_a_change_that_is_rolled_back_never_was(at):
    with transaction.atomic():
        enqueue(at)
        transaction.set_rollback(True)

    assert Message.objects.count() == 0


def test_channels_follow_the_company_the_person_and_the_address(at):
    assert enqueue(at, dedup="a", wants_email=False, wants_whatsapp=True) == 1
    assert enqueue(at, dedup="b", email="") == 1
    assert enqueue(at, dedup="c", channels=["WHATSAPP"]) == 1
    MessageSettings.objects.update(uses_sms=False, uses_whatsapp=True)
    assert enqueue(at, dedup="d", wants_whatsapp=True) == 2

    rows = Message.objects.order_by("dedup_key").values_list("dedup_key", flat=True)
    assert [row.removeprefix("invoice_issued:") for row in rows] == [
        "a:SMS",
        "b:SMS",
        "c:WHATSAPP",
        "d:EMAIL",
        "d:WHATSAPP",
    ]


def test_a_wording_that_is_turned_off_or_emptied_queues_nothing(at):
    Wording.objects.create(event="invoice_issued", channel="SMS", language="bn", is_active=False)
    Wording.objects.create(event="invoice_issued", channel="EMAIL", language="bn", body="")

    assert enqueue(at) == 0
    assert enqueue(at, language="en", dedup="other") == 2


def test_an_unknown_language_is_english_and_an_unknown_event_a_mistake(at):
    enqueue(at, language="hi")

    assert set(Message.objects.values_list("language", flat=True)) == {"en"}
    with pytest.raises(KeyError):
        enqueue(at, event="nothing_like_that")


def test_a_bill_at_night_waits_for_the_morning_but_mail_and_receipts_do_not():
    enqueue(NIGHT)
    enqueue(NIGHT, event="payment_received", dedup="RCP-1", email="")

    due = Message.objects.order_by("dedup_key").values_list("dedup_key", "next_attempt_at")
    assert list(due) == [
        ("invoice_issued:INV-2026-00042:EMAIL", NIGHT),
        ("invoice_issued:INV-2026-00042:SMS", MORNING),
        ("payment_received:RCP-1:SMS", NIGHT),
    ]


def test_a_long_fact_still_makes_a_key_that_fits(at):
    enqueue(at, dedup="x" * 200)
    enqueue(at, dedup="x" * 199 + "y")

    assert Message.objects.count() == 4


SELECT = """
SELECT v.number, v.phone, v.email, v.language,
       jsonb_build_object('amount', (%s::numeric)::text, 'invoice', v.number),
       v.id, NULL::bigint, v.sms, v.whatsapp, v.mail
FROM (VALUES
    (1::bigint, 'INV-1', '+8801711000001', 'a@demo.test', 'bn', true, false, true),
    (2, 'INV-2', '+8801711000002', '', 'en', true, true, true),
    (3, 'INV-3', '+8801711000003', 'c@demo.test', 'hi', false, false, true)
) AS v (id, number, phone, email, language, sms, whatsapp, mail)
"""


def test_a_run_queues_all_its_messages_in_one_statement_and_only_once(
    at, django_assert_max_num_queries
):
    Wording.objects.create(event="invoice_issued", channel="EMAIL", language="bn", is_active=False)
    bulk.enqueue_select("invoice_issued", SELECT + " LIMIT 0", ["1150.00"], at)  # makes settings
    with django_assert_max_num_queries(4):
        assert bulk.enqueue_select("invoice_issued", SELECT, ["1150.00"], at) == 3
    assert bulk.enqueue_select("invoice_issued", SELECT, ["1150.00"], at) == 0

    rows = Message.objects.order_by("dedup_key").values_list(
        "dedup_key", "recipient", "language", "customer_id", "context"
    )
    assert list(rows) == [
        (
            "invoice_issued:INV-1:SMS",
            "+8801711000001",
            "bn",
            1,
            {"amount": "1150.00", "invoice": "INV-1"},
        ),
        (
            "invoice_issued:INV-2:SMS",
            "+8801711000002",
            "en",
            2,
            {"amount": "1150.00", "invoice": "INV-2"},
        ),
        (
            "invoice_issued:INV-3:EMAIL",
            "c@demo.test",
            "en",
            3,
            {"amount": "1150.00", "invoice": "INV-3"},
        ),
    ]


def test_bulk_and_single_writers_make_the_same_row(at):
    for dedup in ("INV-9", "x" * 150):
        enqueue(at, dedup=dedup, email="", user_id=4)
        bulk.enqueue_select(
            "invoice_issued",
            "SELECT %s, '+8801711000001', '', 'bn', %s::jsonb, 7, 4, true, false, true",
            [dedup, '{"name": "Amina"}'],
            at,
        )
        assert Message.objects.count() == 1
        single = Message.objects.values().get()
        Message.objects.all().delete()
        bulk.enqueue_select(
            "invoice_issued",
            "SELECT %s, '+8801711000001', '', 'bn', %s::jsonb, 7, 4, true, false, true",
            [dedup, '{"name": "Amina"}'],
            at,
        )
        of_many = Message.objects.values().get()
        Message.objects.all().delete()
        different = {key for key in single if single[key] != of_many[key]}
        assert different == {"id", "context"}


@pytest.mark.django_db(transaction=True)
def test_the_senders_are_woken_once_for_a_whole_transaction_and_only_after_it(at, monkeypatch):
    woken = []
    instead_of(
        monkeypatch,
        "notifications.send_messages",
        lambda _kwargs: woken.append(Message.objects.count()),
    )

    with transaction.atomic():
        enqueue(at)
        enqueue(at + timedelta(seconds=1), dedup="second")
        assert woken == []

    assert woken == [4]


@pytest.mark.parametrize(
    ("email", "uses_email", "way"),
    [("a@mail.test", True, "EMAIL"), ("a@mail.test", False, "SMS"), ("", True, "SMS")],
)
def test_a_bill_finds_whoever_turned_every_way_off_one_by_one_and_in_a_run(
    email, uses_email, way, at
):
    MessageSettings.current()
    MessageSettings.objects.update(uses_email=uses_email)
    who = CustomerFactory(email=email, wants_sms=False, wants_email=False, wants_whatsapp=True)
    select = (
        "SELECT 'run', phone, email, 'en', '{}'::jsonb, id, NULL::bigint, wants_sms,"
        " wants_whatsapp, wants_email FROM customers_customer"
    )

    for event in ("invoice_issued", "welcome"):
        compose.enqueue(compose.to_customer(who, {}, dedup="one"), event=event, at=at)
        bulk.enqueue_select(event, select, [], at)

    told = Message.objects.values_list("event", "channel", "dedup_key").order_by("dedup_key")
    assert list(told) == [
        ("invoice_issued", way, f"invoice_issued:one:{way}"),
        ("invoice_issued", way, f"invoice_issued:run:{way}"),
    ]


def test_who_wants_no_reminders_gets_none_one_by_one_and_in_a_run(at):
    who = CustomerFactory()
    ReminderRefusal.objects.create(pk=who.pk, at=at)
    select = (
        "SELECT 'run', phone, email, 'en', '{}'::jsonb, id, NULL::bigint, true, false, true"
        " FROM customers_customer"
    )

    for event in ("payment_reminder", "suspension_notice"):
        compose.enqueue(compose.to_customer(who, {}, dedup="one"), event=event, at=at)
        bulk.enqueue_select(event, select, [], at)

    assert set(Message.objects.values_list("event", flat=True)) == {"suspension_notice"}
