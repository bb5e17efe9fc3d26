"""F-18: money that was credited, but not as its payer meant it, is looked at by a person, once."""

from datetime import timedelta

import pytest
from django.urls import reverse

from billing.allocation.models import Payment
from billing.receivables.services import voiding
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from payments.online.models import PaymentAttempt
from payments.online.services import confirming, reconciling, review
from tests.factories.accounts import UserFactory
from tests.factories.payments import paid

pytestmark = pytest.mark.django_db(transaction=True)


def odd(attempt):
    return PaymentAttempt.objects.get(pk=attempt.pk).odd


def told(shop, attempt, button="success"):
    shop.press(attempt, button)
    shop.notify(shop.notices(attempt)[0])


def voided(shop, invoice):
    voiding.void(
        invoice=invoice,
        act=Act(None, shop.at, on=shop.at.date(), reason="written to the wrong customer"),
    )


@pytest.mark.parametrize("chosen", [True, False])
def test_money_that_is_as_it_should_be_is_nobodys_work(shop, chosen):
    attempt = shop.start(invoices=[shop.invoice.pk] if chosen else [])

    told(shop, attempt)

    assert (shop.state(attempt), odd(attempt)) == ("SETTLED", "")


def test_who_pays_more_than_is_owed_on_purpose_is_nobodys_work(shop):
    attempt = shop.start("5000.00")

    told(shop, attempt)

    assert odd(attempt) == ""


def test_money_after_the_end_of_its_time(shop):
    attempt = shop.start()
    later = shop.at + timedelta(days=2)
    confirming.expire(attempt_id=attempt.pk, at=later)
    assert shop.state(attempt) == "EXPIRED"
    shop.press(attempt, "silent")

    reconciling.ask(PaymentAttempt.objects.get(pk=attempt.pk), at=later)

    assert (shop.state(attempt), odd(attempt)) == ("SETTLED", "LATE")


def test_money_for_a_void_bill(shop):
    attempt = shop.start(invoices=[shop.invoice.pk])
    voided(shop, shop.invoice)

    told(shop, attempt)

    assert odd(attempt) == "VOID_BILL"


def test_money_for_a_bill_paid_at_the_counter_meanwhile(shop):
    attempt = shop.start(invoices=[shop.invoice.pk])
    paid(shop.customer, "1150.00", at=shop.at)

    told(shop, attempt)

    assert odd(attempt) == "TWICE"


def test_the_same_twice_online_without_a_bill_chosen(shop):
    first = shop.start()
    shop.at += timedelta(hours=1)  # the open page is not gone on with for so long
    second = shop.start()

    told(shop, first)
    told(shop, second)

    assert (odd(first), odd(second)) == ("", "TWICE")


def test_it_stands_on_the_work_strip_until_somebody_has_looked(shop):
    attempt = shop.start(invoices=[shop.invoice.pk])
    voided(shop, shop.invoice)
    told(shop, attempt)
    shop.client.force_login(UserFactory(role=User.Role.BILLING))

    def waiting():
        work = shop.client.get(reverse("staff:tile", args=["work"])).context["items"]
        return [one["count"] for one in work if one["label"] == "Online payments to look at"]

    page = reverse("staff_payments:checkout", args=[attempt.order])
    listed = shop.client.get(reverse("staff_payments:checkouts"), {"state": "LOOK"})
    assert (waiting(), listed.context["rows"]) == ([1], [attempt])
    assert "Its bill is void" in listed.content.decode()
    assert "Looked at" in shop.client.get(page).content.decode()

    act = reverse("staff_payments:checkout-look", args=[attempt.order])
    assert shop.client.post(act).status_code == 302

    assert waiting() == [0]
    assert AuditEvent.objects.filter(action="attempt.looked_at").count() == 1
    again = shop.client.post(act, follow=True)
    assert "Somebody has looked at this already" in again.content.decode()
    assert AuditEvent.objects.filter(action="attempt.looked_at").count() == 1


def test_looking_changes_no_money(shop):
    attempt = shop.start(invoices=[shop.invoice.pk])
    voided(shop, shop.invoice)
    told(shop, attempt)
    before = Payment.objects.values().get()

    review.look(attempt=attempt, act=Act(UserFactory(), shop.at))

    assert Payment.objects.values().get() == before
