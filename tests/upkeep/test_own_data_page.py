"""A customer takes their own data out of the portal."""

import io
import json
import zipfile
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from psycopg.types.range import DateRange

from billing.pricing.models import DayException
from customers.models import CustomerLogin
from ispbill.audit.models import AuditEvent
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.tickets import opened
from tickets.models import Attachment, TicketNote

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    customer = CustomerFactory(name="Amina Begum", phone="+8801711000001")
    user = UserFactory(role="CUSTOMER", login="+8801711000001")
    user.set_password("Test-12345!")
    user.save()
    CustomerLogin.objects.create(user=user, customer=customer)
    browser = Client()
    browser.post("/portal/login", {"login": "+8801711000001", "password": "Test-12345!"})
    return browser, customer


def test_the_file_has_what_is_theirs_and_nothing_of_the_house(home):
    browser, customer = home
    ticket = opened(customer, text="The red lamp is on.")
    TicketNote.objects.create(
        ticket=ticket, customer=customer, at=ticket.opened_at, text="Difficult customer"
    )
    Attachment.objects.create(
        comment=ticket.comments.get(),
        customer=customer,
        name="../lamp.txt",
        media_type="text/plain",
        size=4,
        content=b"lamp",
    )
    opened(CustomerFactory(name="Babul"), text="Something else")

    answer = browser.post(reverse("portal:own-data"))

    whole = b"".join(answer.streaming_content)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        told = {name: archive.read(name).decode() for name in archive.namelist()}
    assert "The red lamp is on." in told["comment.json"]
    assert [name for name in told if name.startswith("files/")][0].endswith("-lamp.txt")
    together = json.dumps(told)
    assert "Difficult customer" not in together
    assert "Babul" not in together
    assert AuditEvent.objects.filter(action="customer.own_data_written").count() == 1


def test_three_a_day_are_enough(home):
    browser, _customer = home
    answers = [browser.post(reverse("portal:own-data")) for _n in range(4)]

    assert [one.status_code for one in answers] == [200, 200, 200, 429]


def test_spans_of_days_are_written_too(home):
    browser, customer = home
    service = SubscriptionFactory(customer=customer)
    DayException.objects.create(
        subscription=service,
        customer=customer,
        kind="FREE",
        span=DateRange(date(2026, 1, 1), date(2026, 1, 5)),
        at=timezone.now(),
    )

    answer = browser.post(reverse("portal:own-data"))

    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        [row] = json.loads(archive.read("dayexception.json"))
    assert row["span"] == ["2026-01-01", "2026-01-05"]
