"""A reseller writes to own customers: shown first, sent once, within the day's number."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from customers.models import Customer
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.notifications.models import Message
from resellers.models import Reseller, ResellerMessage, ResellerUser
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice
from tests.factories.resellers import ResellerFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
KEY = "0b39a3a0-0000-4000-8000-000000000001"


@pytest.fixture
def reseller(client):
    clock.set_simulated(AT)
    made = ResellerFactory(name="Padma Net")
    client.force_login(made.user)
    return made


def post(client, act="preview", query="", **more):
    form = {
        "audience": "ALL",
        "channel": "SMS",
        "text": "Dear {name}, our shop is closed on Friday.",
        "key": KEY,
        "act": act,
    }
    return client.post(reverse("reseller:write-message") + query, {**form, **more})


def seen_of(answer):
    return answer.context["outlook"].digest


def owing(reseller, since):
    customer = CustomerFactory(reseller_id=reseller.pk)
    state = customer.account_state
    state.balance_amount, state.oldest_due_date = "500.00", since
    state.save()
    return customer


def test_a_pay_link_is_a_message_that_is_written_already(client, reseller):
    customer = owing(reseller, date(2026, 1, 1))
    open_invoice(customer, "500.00")
    link = f"{reverse('reseller:write-message')}?customer={customer.number}&amp;about=pay"

    page = client.get(reverse("reseller:customer", args=[customer.number])).content.decode()
    assert link in page
    form = client.get(link.replace("&amp;", "&")).context["form"]
    text = form["text"].value()
    query = f"?customer={customer.number}"
    shown = post(client, audience="ONE", query=query, text=text)
    post(client, "send", query, audience="ONE", text=text, seen=seen_of(shown))

    assert "/pay/" in Message.objects.get().body


def test_own_customers_are_counted_shown_and_written_to_once(client, reseller):
    mine = CustomerFactory(reseller_id=reseller.pk, name="Amina Begum")
    CustomerFactory(reseller_id=reseller.pk, wants_sms=False)
    CustomerFactory(name="Somebody Else")

    shown = post(client)
    page = shown.content.decode()
    assert "1 message" in page
    assert "Does not want SMS." in page
    assert "Dear Amina Begum, our shop is closed on Friday." in page
    assert not Message.objects.exists()
    for _twice in range(2):
        post(client, act="send", seen=seen_of(shown))

    message = Message.objects.get()
    made = ResellerMessage.objects.get()
    assert (message.customer_id, message.event) == (mine.pk, "staff_message")
    assert "- Padma Net" in message.body
    assert (made.chosen_count, made.message_count, made.sent_by) == (2, 1, reseller.user)
    assert AuditEvent.objects.filter(action="reseller.messaged").count() == 1


def test_whom_it_is_for_is_looked_at_again(client, reseller):
    CustomerFactory(reseller_id=reseller.pk)
    shown = post(client)
    CustomerFactory(reseller_id=reseller.pk)

    refused = post(client, act="send", seen=seen_of(shown))

    assert refused.status_code == 422
    assert "Other customers are in reach now" in refused.content.decode()
    assert not Message.objects.exists()


def test_the_overdue_alone_or_one_customer_alone(client, reseller):
    late = owing(reseller, date(2026, 1, 1))
    owing(reseller, date(2026, 1, 20))
    one = CustomerFactory(reseller_id=reseller.pk)

    assert post(client, audience="OVERDUE").context["outlook"].count == 1
    answer = post(client, audience="ONE", query=f"?customer={one.number}")
    assert [letter.number for letter in answer.context["outlook"].samples] == [one.number]
    assert late.number != one.number
    stranger = CustomerFactory()
    assert post(client, audience="ONE", query=f"?customer={stranger.number}").status_code == 404


def test_the_days_number_is_kept_and_staff_set_it(client, reseller):
    Reseller.objects.update(messages_a_day=1)
    CustomerFactory(reseller_id=reseller.pk)
    CustomerFactory(reseller_id=reseller.pk)
    shown = post(client)
    refused = post(client, act="send", seen=seen_of(shown))
    assert "Today 1 more message may go out." in refused.content.decode()

    Reseller.objects.update(messages_a_day=2)
    assert post(client, act="send", seen=seen_of(shown)).status_code == 302
    assert "used up" in client.get(reverse("reseller:messages")).content.decode()


@pytest.mark.parametrize(
    "change", [{"may_message": False}, {"status": "SUSPENDED"}], ids=["switched off", "suspended"]
)
def test_who_may_not_write_is_refused(client, reseller, change):
    Reseller.objects.update(**change)
    assert post(client).status_code == 403


def test_a_viewer_reads_what_was_sent_and_writes_nothing(client, reseller):
    viewer = UserFactory(role="RESELLER")
    ResellerUser.objects.create(reseller=reseller, user=viewer, rights="VIEWER")
    client.force_login(viewer)

    assert client.get(reverse("reseller:messages")).status_code == 200
    assert post(client).status_code == 403


def test_nobody_in_reach_and_an_unknown_field_are_said(client, reseller):
    Customer.objects.update(wants_sms=False)
    assert "Nobody can be sent this" in post(client).content.decode()
    wrong = post(client, text="Dear {nme}")
    assert wrong.status_code == 422
    assert "nme" in wrong.content.decode()
