"""Staff and online payments: the list, deciding about held money, asking, sending back."""

from decimal import Decimal

import pytest
from django.urls import reverse

from billing.allocation.models import Payment
from billing.approvals.models import Approval
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from network.services import access
from payments.online.models import GatewayRefund, PaymentAttempt
from payments.online.services import review
from tests.factories.accounts import UserFactory
from tests.factories.network import AccessFactory
from tests.factories.payments import open_invoice
from tests.rivals import at_once

pytestmark = pytest.mark.django_db(transaction=True)

REASON = "the customer called, it is genuine"


def page(name, attempt):
    return reverse(f"staff_payments:{name}", args=[attempt.order])


@pytest.fixture
def office(client):
    client.force_login(UserFactory(role=User.Role.BILLING))
    return client


@pytest.fixture
def held(shop):
    attempt = shop.start()
    shop.press(attempt, "risk")
    shop.notify(shop.notices(attempt)[0])
    return attempt


def test_held_money_stands_on_the_dashboard_and_is_credited_by_a_person(shop, office, held):
    work = office.get(reverse("staff:tile", args=["work"])).context["items"]
    assert [row["count"] for row in work if row["label"] == "Online payments to decide"] == [1]
    assert "Credit what was paid" in office.get(page("checkout", held)).content.decode()

    response = office.post(page("checkout-accept", held), {"reason": REASON})

    held.refresh_from_db()
    assert (response.status_code, held.state) == (302, "SETTLED")
    assert held.payment.amount == Decimal("1150.00")
    assert held.review_reason == REASON


def test_without_a_reason_nothing_is_decided(office, held):
    assert office.post(page("checkout-accept", held), {"reason": "ok"}).status_code == 422
    assert not Payment.objects.exists()


@pytest.mark.parametrize("verb", ["accept", "refuse"])
def test_the_reason_of_a_decision_stands_in_the_reason_of_the_trail(office, held, verb):
    office.post(page(f"checkout-{verb}", held), {"reason": REASON})

    event = AuditEvent.objects.get(action__in=["attempt.accepted", "attempt.refused"])
    assert event.reason == REASON


@pytest.fixture
def cut_line(shop):
    """A line of the shop's customer, cut off for the open bill."""
    line = AccessFactory(subscription__customer=shop.customer, subscription__status="ACTIVE")
    access.suspend(
        subscription=line.subscription,
        kind="NON_PAYMENT",
        is_billed=False,
        decision={},
        act=Act(None, shop.at, reason="unpaid past the days of grace"),
        on=shop.at.date(),
    )
    return line


def test_who_credits_sees_the_amount_the_balance_and_that_the_line_opens(office, cut_line, held):
    shown = office.get(page("checkout-accept", held)).context

    assert [(row["before"], row["after"]) for row in shown["changes"]] == [
        ("Owes ৳\u202f1,150.00", "Settled"),
        ("1 suspended for non-payment", "Switched on again"),
    ]
    assert "৳\u202f1,150.00 is credited to" in shown["effects"][0]
    cut_line.subscription.refresh_from_db()
    assert (cut_line.subscription.status, Payment.objects.count()) == ("SUSPENDED", 0)


def test_who_credits_sees_that_the_line_stays_off_while_something_is_overdue(
    shop, office, cut_line, held
):
    open_invoice(shop.customer, "300.00")

    shown = office.get(page("checkout-accept", held)).context

    assert [(row["before"], row["after"]) for row in shown["changes"]] == [
        ("Owes ৳\u202f1,450.00", "Owes ৳\u202f300.00"),
        ("1 suspended for non-payment", "Stays suspended"),
    ]


def test_who_does_not_credit_sees_what_is_owed_back_and_that_nothing_changes(
    office, cut_line, held
):
    shown = office.get(page("checkout-refuse", held)).context

    assert [(row["before"], row["after"]) for row in shown["changes"]] == [
        ("Owes ৳\u202f1,150.00", "Owes ৳\u202f1,150.00"),
        ("1 suspended for non-payment", "Stays suspended"),
    ]
    assert "৳\u202f1,150.00 is not credited: it is owed back" in shown["effects"][0]


def test_who_is_refused_reads_how_they_paid_and_no_code(office, held):
    office.post(page("checkout-refuse", held), {"reason": REASON})

    told = Message.objects.filter(event="payment_not_accepted")
    assert set(told.values_list("context__method", flat=True)) == {"bKash"}


def test_refused_money_is_not_credited_and_never_comes_back_by_itself(shop, office, held):
    office.post(page("checkout-refuse", held), {"reason": REASON})
    held.refresh_from_db()

    assert (held.state, Payment.objects.count()) == ("REFUSED", 0)


def test_eight_deciders_at_once_one_wins(shop, held):
    actors = [UserFactory() for _ in range(8)]
    deeds = [
        lambda verb=verb, actor=actor: (
            verb(attempt=held, act=Act(actor, shop.at, reason=REASON)).state
        )
        for verb, actor in zip([review.accept, review.refuse] * 4, actors, strict=True)
    ]

    results = at_once(8, *deeds)

    assert results.count("Stale") == 7
    assert Payment.objects.count() == (PaymentAttempt.objects.get().state == "SETTLED")


def test_asking_finds_money_nobody_told_us_of(shop, office):
    attempt = shop.start()
    shop.press(attempt, "silent")

    office.post(page("checkout-ask", attempt))

    assert shop.state(attempt) == "SETTLED"


def test_a_silent_gateway_is_said_and_changes_nothing(shop, office):
    attempt = shop.start()
    shop.desk.fault("sslcommerz", "error_500", times=1)

    response = office.post(page("checkout-ask", attempt), follow=True)

    assert "does not answer" in response.content.decode()
    assert shop.state(attempt) == "OPEN"


def test_what_was_paid_too_much_is_sent_back_from_the_page(shop, office):
    attempt = shop.start("1200.00")
    shop.press(attempt, "success")
    shop.notify(shop.notices(attempt)[0])

    form = {"amount": "50.00", "reason": REASON}
    assert office.post(page("checkout-send-back", attempt), form).status_code == 302
    assert GatewayRefund.objects.get().amount == Decimal("50.00")
    assert "50.00" in office.get(page("checkout", attempt)).content.decode()


def test_above_the_limit_sending_back_needs_a_fresh_proof(shop, office):
    attempt = shop.start("1200.00")
    shop.press(attempt, "success")
    shop.notify(shop.notices(attempt)[0])
    Company.objects.update(refund_limit_amount=Decimal(20))
    Company.forget_cached()
    session = office.session
    session["proven_at"] = 0
    session.save()

    form = {"amount": "50.00", "reason": REASON}
    asked = office.post(page("checkout-send-back", attempt), form)

    assert (asked.status_code, asked.headers["X-Step-Up"]) == (403, "asked")
    assert not Approval.objects.exists()


def test_the_list_finds_by_order_reference_and_customer(shop, office):
    attempt = shop.start()
    address = reverse("staff_payments:checkouts")
    assert attempt.customer.number in office.get(address).content.decode()
    for text in (attempt.order, attempt.customer.number):
        assert office.get(address, {"q": text}).context["rows"] == [attempt]
    assert office.get(address, {"q": "nothing"}).context["rows"] == []
    assert office.get(address, {"state": "REVIEW"}).context["rows"] == []
