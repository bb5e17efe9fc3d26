"""A person who left is forgotten, in the trail as well; books and seals hold."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from customers.models import Customer, CustomerLogin
from customers.services import archiving
from customers.services.portal_access import open_portal_access
from fieldservice.models import Visit
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent, ErasedEvent
from ispbill.audit.services import seals
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.notifications.models import Bounce
from ispbill.upkeep.models import Erasure
from ispbill.upkeep.services import erasing_help, erasure, journal
from ispbill.webhooks.models import Delivery
from network.speedtest.models import SpeedTest
from tests.factories.accounts import UserFactory
from tests.factories.churn import EpisodeFactory, TaskFactory
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.fieldservice import answered, at_work, given
from tests.factories.fieldservice import job as make_job
from tests.factories.notifications import MessageFactory
from tests.factories.payments import open_invoice
from tests.factories.tickets import opened, strange_mail
from tests.factories.webhooks import told
from tickets.services import conversation

pytestmark = pytest.mark.django_db
NAME, PHONE = "Shefali Khatun", "+8801711223344"
WHY = "Asked by letter to be forgotten"


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.BACKUP_DIR = tmp_path


@pytest.fixture
def owner():
    return UserFactory(role=User.Role.OWNER, login="owner@x.test")


@pytest.fixture
def second():
    return UserFactory(role=User.Role.AUDITOR, login="auditor@x.test")


@pytest.fixture
def gone(owner, at):
    """A customer whose only service ended a hundred days ago, archived, with a portal login."""
    customer = CustomerFactory(name=NAME, phone=PHONE, email="shefali@x.test", notes="a dog")
    service = SubscriptionFactory(
        customer=customer, status="CANCELLED", cancelled_on=at.date() - timedelta(days=100)
    )
    ticket = opened(customer, at=at, subject=f"{NAME} has no line", text=f"Call {PHONE}")
    conversation.note(ticket=ticket, text="Mind a dog", act=Act(owner, at))
    strange_mail(
        at, customer=customer, ticket=ticket, state="TAKEN", sender="shefali@x.test", subject=NAME
    )
    Bounce.objects.create(address="shefali@x.test", status="5.1.1", is_final=True, bounced_at=at)
    Delivery.objects.create(
        endpoint=told(),
        event="customer.updated",
        body=f'{{"data": {{"id": "{customer.number}", "name": "{NAME}"}}}}',
        next_try_at=at,
        created_at=at,
    )
    order = make_job(service=service, instructions=f"Ask for {NAME}, a dog")
    technician = UserFactory(role=User.Role.TECHNICIAN, login="tech@x.test")
    visit = at_work(given(order, technician), technician)
    answered(visit, technician)
    Visit.objects.filter(pk=visit.pk).update(signed_name=NAME, notes="a dog barked")
    TaskFactory(
        episode=EpisodeFactory(customer=customer), state="KEPT", outcome="a dog", closed_at=at
    )
    customer.refresh_from_db()
    open_portal_access(customer=customer, act=Act(owner, at))
    MessageFactory(customer_id=customer.pk, recipient=PHONE, body=f"Dear {NAME}")
    archiving.archive(customer=customer, act=Act(owner, at, reason="Moved away for good"))
    return customer


def everything_said():
    """Return all text the database still has, but for the list of words of all names."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
            " AND relnamespace = 'public'::regnamespace AND relname <> 'customers_word'"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE ANY (%s)',
                [["%Shefali%", "%1711223344%", "%shefali@%", "%a dog%"]],
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def test_nothing_says_any_more_who_it_was(gone, owner, second, at):
    seals.seal(at=clock.real_now() + timedelta(hours=1))
    before = everything_said()
    assert {
        "customers_customer",
        "accounts_user",
        "audit_auditevent",
        "tickets_ticket",
        "tickets_comment",
        "tickets_ticketnote",
        "tickets_inboundmail",
        "notifications_bounce",
        "webhooks_delivery",
        "fieldservice_workorder",
        "fieldservice_visit",
    } <= set(before)
    act = Act(owner, at, reason=WHY)
    erasure.request(customer=gone, second=second, act=act)
    early = erasure.carry_out_due(act=Act(None, at + timedelta(days=6)))

    done = erasure.carry_out_due(act=Act(None, at + timedelta(days=8)))

    assert (early, done) == (0, 1)
    assert everything_said() == []
    gone.refresh_from_db()
    assert (gone.name, gone.phone, gone.number[:3]) == ("Former customer", "", "CT-")
    assert gone.erased_at == at + timedelta(days=8)
    assert not CustomerLogin.objects.filter(customer=gone).exists()
    assert journal.customers() == [gone.pk]
    assert seals.broken() == []
    assert AuditEvent.objects.filter(customer_id=gone.pk, action="customer.erased").exists()


def test_a_later_change_of_an_erased_event_still_breaks_the_seal(gone, owner, second, at):
    seals.seal(at=clock.real_now() + timedelta(hours=1))
    erasure.request(customer=gone, second=second, act=Act(owner, at, reason=WHY))
    erasure.carry_out_due(act=Act(None, at + timedelta(days=8)))
    ErasedEvent.objects.filter(event_id=ErasedEvent.objects.first().pk).update(digest="0" * 64)

    assert seals.broken() != []


@pytest.mark.parametrize("tie", ["owes", "service", "living", "not archived"])
def test_who_is_still_tied_to_the_company_is_refused(gone, owner, second, at, tie):
    if tie == "owes":
        open_invoice(gone)
    elif tie == "service":
        gone.subscriptions.update(cancelled_on=at.date() - timedelta(days=89))
    elif tie == "living":
        SubscriptionFactory(customer=gone, status="ACTIVE", line_no=2)
    else:
        Customer.objects.filter(pk=gone.pk).update(archived_at=None)
    gone.refresh_from_db()

    with pytest.raises(erasure.NotErasable):
        erasure.request(customer=gone, second=second, act=Act(owner, at, reason=WHY))


def test_it_takes_two_and_can_be_taken_back(gone, owner, second):
    words = ("erase", gone.number, "--by", owner.login, "--reason", WHY)
    with pytest.raises(CommandError, match="second person"):
        call_command(*words, "--second", owner.login)
    call_command(*words, "--second", second.login)
    assert Erasure.objects.get().approved_by == second

    call_command(*words, "--take-back")

    assert not Erasure.objects.exists()


def test_nobody_who_is_not_erased_loses_a_trail(gone):
    with (
        pytest.raises(DatabaseError, match="not erased"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT ispbill_erase_trail(%s, ARRAY['name'])", [gone.pk])


def test_a_restored_copy_brings_nobody_back(gone, owner, second, at):
    journal.note(customer_id=gone.pk, at=at)

    assert erasure.replay(act=Act(None, at)) == 1
    assert erasure.replay(act=Act(None, at)) == 0
    assert everything_said() == []


def test_speed_tests_do_not_say_any_more_from_where_they_were_asked():
    service = SubscriptionFactory()
    test = SpeedTest.objects.create(
        subscription=service,
        customer=service.customer,
        started_at=clock.now(),
        address="203.0.113.9",
        place="OWN",
        sold_download_mbps=30,
        sold_upload_mbps=30,
        user_agent="a phone",
    )
    erasing_help.forget_lines(service.customer)

    test.refresh_from_db()
    assert (test.address, test.user_agent) == (None, "")
