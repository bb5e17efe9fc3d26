"""After a payment in part: what remains, until when, and that the line stays paused."""

from datetime import date

import pytest
from django.urls import reverse

from billing.receivables.services import announcing
from customers.services.portal_access import open_portal_access
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from ispbill.notifications.queries import texts
from tests.billing.receivables.services.test_settlement import suspended
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.gateways import settled_attempt
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)

PAUSED = "You owe Tk 150.00, due 05 Jan 2026; your internet stays paused until it is paid."


@pytest.fixture(autouse=True)
def _tenth_of_january(at):
    clock.set_simulated(at)


def said(channel="SMS"):
    return texts.shown(Message.objects.filter(channel=channel).latest("pk")).body


@pytest.fixture
def cut_off():
    customer = suspended().customer
    open_invoice(customer, "1150.00", due=date(2026, 1, 5))
    return customer


def test_the_message_says_what_a_paused_line_waits_for(cut_off, at):
    paid(cut_off, "1000.00", at=at)

    assert PAUSED in said()


def test_sent_again_it_says_the_same(cut_off, at):
    payment = paid(cut_off, "1000.00", at=at)
    first = said()
    Message.objects.all().delete()

    announcing.send_again(payment, act=Act(UserFactory(), at))

    assert said() == first


def test_of_a_new_bill_only_what_is_past_due_is_needed_for_the_line(cut_off, at):
    open_invoice(cut_off, "1150.00", due=date(2026, 2, 5))

    paid(cut_off, "1000.00", at=at)

    assert (
        "You owe Tk 1,300.00; your internet stays paused until Tk 150.00 of it, due 05 Jan 2026,"
        " is paid." in said()
    )


def test_on_line_it_says_until_when_the_rest_is_due(at):
    customer = CustomerFactory()
    open_invoice(customer, "1150.00", due=date(2026, 1, 15))

    paid(customer, "1000.00", at=at)

    assert "You owe Tk 150.00, due 15 Jan 2026." in said()


def test_paid_in_full_the_line_is_on_its_way(cut_off, at):
    paid(cut_off, "1150.00", at=at)

    assert " Settled; we are switching your internet on. " in said()


def test_paid_in_full_nothing_is_added_for_who_was_never_cut_off(at):
    customer = CustomerFactory()
    open_invoice(customer, "1150.00", due=date(2026, 1, 5))

    paid(customer, "1150.00", at=at)

    assert " Settled. " in said()


def test_in_bangla_too(cut_off, at):
    cut_off.language = "bn"
    cut_off.save(update_fields=["language"])

    paid(cut_off, "1000.00", at=at)

    assert "পরিশোধ না হওয়া পর্যন্ত ইন্টারনেট বন্ধ থাকবে" in said()


SENTENCE = "your internet stays paused until it is paid."


def test_the_page_of_the_payment_says_it(cut_off, client, at):
    attempt = settled_attempt(cut_off, "1000.00", at=at)

    page = client.get(reverse("public_payments:attempt", args=[attempt.order])).content.decode()

    assert SENTENCE in page
    assert "150.00" in page


def test_the_portal_s_home_says_it(cut_off, client, at):
    paid(cut_off, "1000.00", at=at)
    client.force_login(open_portal_access(customer=cut_off, act=Act(None, at)))

    home = client.get(reverse("portal:home")).content.decode()

    assert SENTENCE in home
