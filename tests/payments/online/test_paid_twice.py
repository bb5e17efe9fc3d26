"""A page of a gateway that is paid more than once: every payment is seen, one is credited."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from billing.allocation.models import Payment
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from payments.online.models import PaymentAttempt
from payments.online.services import reconciling, review
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def further():
    return list(PaymentAttempt.objects.filter(first__isnull=False).order_by("pk"))


def ask(shop, attempt, at=None):
    reconciling.ask(PaymentAttempt.objects.get(pk=attempt.pk), at=at or shop.at)


def settled(shop):
    attempt = shop.start()
    shop.press(attempt, "success")
    shop.notify(shop.notices(attempt)[0])
    assert shop.state(attempt) == "SETTLED"
    return attempt


def test_two_paid_rows_credit_one_and_hold_the_other(shop):
    attempt = shop.start()
    shop.press(attempt, "silent")
    shop.press(attempt, "once_more")

    ask(shop, attempt)
    ask(shop, attempt)

    assert shop.state(attempt) == "SETTLED"
    (held,) = further()
    assert (held.state, held.first_id, held.paid_amount) == ("HELD", attempt.pk, Decimal("1150.00"))
    assert held.gateway_reference not in (
        "",
        PaymentAttempt.objects.get(pk=attempt.pk).gateway_reference,
    )
    assert Payment.objects.count() == 1


def test_the_notice_of_a_further_payment_is_no_old_news(shop):
    attempt = settled(shop)
    shop.press(attempt, "once_more")

    for notice in shop.notices(attempt):
        shop.notify(notice)

    (held,) = further()
    assert held.state == "HELD"
    assert Payment.objects.count() == 1


def test_one_nobody_told_of_is_found_when_the_life_of_the_page_is_over(shop):
    attempt = settled(shop)
    shop.press(attempt, "once_more")
    day_after = shop.at + timedelta(hours=25)

    reconciling.reconcile(now=lambda: day_after)

    assert [one.state for one in further()] == ["HELD"]
    assert PaymentAttempt.objects.get(pk=attempt.pk).next_check_at is None


def test_it_waits_for_a_person_and_is_credited_or_sent_back_like_any(shop):
    attempt = settled(shop)
    shop.press(attempt, "once_more")
    ask(shop, attempt)
    shop.press(attempt, "once_more")
    ask(shop, attempt)
    kept, gone = further()
    clerk = UserFactory(role=User.Role.OWNER)
    shop.client.force_login(clerk)
    page = shop.client.get(reverse("staff_payments:checkout", args=[kept.order])).content.decode()
    assert "paid more than once" in page
    assert attempt.order in page
    listed = shop.client.get(reverse("staff_payments:checkouts"), {"state": "REVIEW"})
    assert [row.pk for row in listed.context["rows"]] == [gone.pk, kept.pk]

    review.accept(attempt=kept, act=Act(clerk, shop.at, reason="meant for the next month"))
    review.refuse(attempt=gone, act=Act(clerk, shop.at, reason="paid by mistake"))
    ask(shop, kept)

    assert sorted(Payment.objects.values_list("amount", flat=True)) == [Decimal("1150.00")] * 2
    assert (shop.state(kept), shop.state(gone)) == ("SETTLED", "REFUSED")
    assert len(further()) == 2


def test_when_the_gateway_says_it_was_paid_is_kept_and_shown(shop):
    attempt = settled(shop)
    paid_at = PaymentAttempt.objects.get(pk=attempt.pk).paid_at
    assert paid_at is not None
    shop.client.force_login(UserFactory(role=User.Role.OWNER))

    for name, word in (
        ("checkout", attempt.order),
        ("detail", Payment.objects.get().receipt_number),
    ):
        page = shop.client.get(reverse(f"staff_payments:{name}", args=[word])).content.decode()
        assert "Paid, says the gateway" in page


@pytest.mark.parametrize(
    ("way", "method", "name"),
    [
        ("dbblmobilebanking", "ROCKET", "Rocket"),
        ("upay", "UPAY", "Upay"),
        ("city", "NETBANKING", "Internet banking"),
        ("visacard", "CARD", "Visa card (Dutch Bangla)"),
        ("tap", "WALLET", "Tap"),
        ("nagad", "NAGAD", "Nagad"),
    ],
)
def test_every_way_keeps_its_name(shop, way, method, name):
    attempt = shop.start()
    shop.press(attempt, "success", way=way)

    shop.notify(shop.notices(attempt)[0])

    payment = Payment.objects.get()
    assert payment.method == method
    shop.client.force_login(UserFactory(role=User.Role.OWNER))
    page = shop.client.get(reverse("staff_payments:detail", args=[payment.receipt_number]))
    assert name in page.content.decode()
