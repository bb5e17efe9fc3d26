"""A customer's own contacts and wishes in the portal: proven first, told to the old address."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import CustomerLogin
from customers.services import contacts
from ispbill.accounts.models import OneTimeCode, User
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.notifications.models import Message, ReminderRefusal
from ispbill.notifications.rules import wishes
from ispbill.notifications.services import compose, refusals
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
OLD, NEW = "+8801711000001", "+8801711000777"


@pytest.fixture
def amina():
    return CustomerFactory(name="Amina Begum", phone=OLD, email="amina@mail.test")


@pytest.fixture
def home(amina):
    user = UserFactory(role="CUSTOMER", name="Amina Begum", login=OLD, phone=OLD)
    user.set_password("Test-12345!")
    user.save()
    CustomerLogin.objects.create(user=user, customer=amina)
    browser = Client()
    answer = browser.post("/portal/login", {"login": OLD, "password": "Test-12345!"})
    assert answer.status_code == 302
    return browser


def address(name, *args):
    return reverse(f"portal:{name}", args=args)


def code_to(recipient):
    told = Message.objects.filter(event="contact_code", recipient=recipient).latest("pk")
    return told.context["code"]


def test_a_new_phone_counts_once_its_code_came_back(home, amina):
    home.post(address("contact", "phone"), {"value": "01711-000777"})
    amina.refresh_from_db()
    assert amina.phone == OLD

    home.post(address("prove-contact"), {"code": code_to(NEW)})

    amina.refresh_from_db()
    assert amina.phone == NEW
    assert User.objects.get(role="CUSTOMER").login == NEW
    told = Message.objects.filter(event="contact_changed", channel="SMS").get()
    assert (told.recipient, told.context["contact"]) == (OLD, "017*****777")
    edited = AuditEvent.objects.get(action="customer.edited")
    assert edited.after["phone"] == NEW


def test_a_wrong_code_changes_nothing_and_is_counted(home, amina):
    home.post(address("contact", "phone"), {"value": "01711000777"})

    refused = home.post(address("prove-contact"), {"code": "000000x"})

    assert refused.status_code == 422
    assert OneTimeCode.objects.latest("pk").tries == 1
    amina.refresh_from_db()
    assert amina.phone == OLD


def test_nobody_learns_whose_a_number_is_before_it_is_theirs(home, amina):
    CustomerFactory(phone=NEW)

    asked = home.post(address("contact", "phone"), {"value": "01711000777"})
    assert asked.status_code == 302
    refused = home.post(address("prove-contact"), {"code": code_to(NEW)})

    assert "belongs to another account" in refused.content.decode()
    amina.refresh_from_db()
    assert amina.phone == OLD


def test_a_number_of_another_country_gets_no_code(home):
    refused = home.post(address("contact", "phone"), {"value": "+12025550123"})

    assert refused.status_code == 422
    assert not Message.objects.filter(event="contact_code").exists()


def test_a_new_e_mail_is_proven_too_and_may_go(home, amina):
    home.post(address("contact", "email"), {"value": "Amina.New@mail.test"})
    home.post(address("prove-contact"), {"code": code_to("amina.new@mail.test")})
    amina.refresh_from_db()
    assert amina.email == "amina.new@mail.test"

    home.post(address("remove-email"))

    amina.refresh_from_db()
    assert amina.email == ""


def test_a_code_for_one_account_proves_nothing_for_another(amina):
    other = CustomerFactory()
    at = clock.now()
    contacts.send_code(customer=other, kind="phone", value=NEW, ip="", at=at)

    with pytest.raises(contacts.WrongCode):
        contacts.change(
            customer=amina, kind="phone", value=NEW, code=code_to(NEW), act=Act.now(None)
        )


def test_wishes_are_kept_and_what_must_be_told_is_told(home, amina):
    home.post(address("details"), {"wants_marketing": "on"})
    amina.refresh_from_db()
    assert (amina.wants_sms, amina.wants_email, amina.wants_marketing) == (False, False, True)
    assert ReminderRefusal.objects.filter(pk=amina.pk).exists()

    for event in ("payment_reminder", "welcome", "invoice_issued"):
        letter = compose.to_customer(amina, {}, dedup="1")
        compose.enqueue(letter, event=event, at=clock.now())

    told = Message.objects.filter(customer_id=amina.pk).values_list("event", "channel")
    assert list(told) == [("invoice_issued", "EMAIL")]
    home.post(address("details"), {"wants_sms": "on", "wants_reminders": "on"})
    assert not ReminderRefusal.objects.exists()


def test_the_page_shows_what_is_kept(home):
    shown = home.get(address("details")).content.decode()

    assert "01711-000001" in shown or "01711000001" in shown
    assert re.search(r'name="wants_reminders"[^>]*checked', shown)


def test_single_messages_are_chosen_and_staff_see_what_is_refused(home, amina, client):
    page = home.get(address("details"))
    form = page.context["form"]
    on = {f"event_{event}": "on" for event in wishes.CHOOSABLE if event != "outage_opened"}
    ways = {"wants_sms": "on", "wants_email": "on", "wants_reminders": "on"}

    home.post(address("details"), {**ways, **on, "events_shown": "True"})

    assert form["event_outage_opened"].initial is True
    assert refusals.of(amina.pk) == {"outage_opened"}
    event = AuditEvent.objects.filter(action="customer.edited").latest("pk")
    assert event.after == {"refused_events": ["outage_opened"]}
    home.post(address("details"), ways)  # a page that showed no single messages
    assert refusals.of(amina.pk) == {"outage_opened"}
    client.force_login(UserFactory(role="SUPPORT"))
    told = client.get(reverse("staff_customers:customer", args=[amina.number])).content.decode()
    assert "Does not want" in told
