"""Payments through bKash and Nagad, from the first click to the books, over real sockets."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum

from billing.allocation.models import Payment
from billing.invoices.models import Invoice
from billing.ledger.models import Posting
from billing.ledger.rules.chart import Chart
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.devtools.sandbox.gateways.addresses import gateways
from payments.online.models import GatewayCallback, PaymentAttempt
from payments.online.services import giving_back, inbox, reconciling, review
from payments.online.services.giving_back import NotReturnable
from tests.factories.accounts import UserFactory
from tests.factories.acts import acting
from tests.factories.customers import CustomerFactory
from tests.factories.gateway_accounts import gateway_account
from tests.factories.payments import open_invoice
from tests.payments.online.conftest import Shop
from tests.rivals import at_once

pytestmark = pytest.mark.django_db(transaction=True)

PAID = Decimal("1150.00")
REASON = "not the amount that was asked"
NAMES = {
    "bkash": {name: name for name in ("username", "password", "app_key", "app_secret")},
    "nagad": {
        "merchant_id": "merchant_id",
        "private_key": "merchant_private_key",
        "public_key": "nagad_public_key",
    },
}
CLEARING = {"bkash": Chart.BKASH_CLEARING, "nagad": Chart.NAGAD_CLEARING}


class Wallet(Shop):
    """A shop that takes one wallet directly."""

    def __init__(self, name, directory, desk, client, at):
        self.directory, self.desk, self.client, self.at = directory, desk, client, at
        place = gateways(directory)[name]
        credentials = {ours: place[theirs] for ours, theirs in NAMES[name].items()}
        self.name = name
        self.account = gateway_account(
            at=at, provider=name.upper(), base_url=place["base_url"], credentials=credentials
        )
        self.customer = CustomerFactory()
        self.invoice = open_invoice(self.customer)

    def come_back(self, left):
        assert left["method"] == "GET"
        return self.client.get("/" + left["url"].split("/", 3)[3])

    def held_by_gateway(self):
        return Posting.objects.filter(account_id=CLEARING[self.name]).aggregate(sum=Sum("amount"))[
            "sum"
        ]

    def executions(self):
        return len(self.desk.calls(gateway="bkash", operation="execute"))


@pytest.fixture(params=["bkash", "nagad"])
def shop(request, _sandbox, desk, settings, client, at, db):
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    return Wallet(request.param, _sandbox, desk, client, at)


only_bkash = pytest.mark.parametrize("shop", ["bkash"], indirect=True)
only_nagad = pytest.mark.parametrize("shop", ["nagad"], indirect=True)


def test_a_customer_who_comes_back_has_paid_once(shop):
    attempt = shop.start()
    left = shop.press(attempt, "pay")

    for _ in range(3):
        response = shop.come_back(left)
        shop.work_off()

    assert (response.status_code, response["Location"]) == (303, f"/pay/attempts/{attempt.order}/")
    attempt = PaymentAttempt.objects.get(pk=attempt.pk)
    payment = Payment.objects.get()
    assert (attempt.state, attempt.payment_id) == ("SETTLED", payment.pk)
    assert (payment.amount, payment.method) == (PAID, shop.name.upper())
    assert payment.reference == attempt.gateway_reference != ""
    assert Invoice.objects.get(pk=shop.invoice.pk).amount_due == 0
    assert shop.held_by_gateway() == PAID


def test_many_workers_at_once_credit_once(shop):
    attempt = shop.start()
    shop.come_back(shop.press(attempt, "pay"))

    at_once(6, shop.work_off)
    shop.work_off(at=shop.at + timedelta(minutes=2))
    reconciling.ask(PaymentAttempt.objects.get(pk=attempt.pk), at=shop.at + timedelta(minutes=3))

    assert shop.state(attempt) == "SETTLED"
    assert Payment.objects.count() == 1
    assert shop.executions() <= 1


@pytest.mark.parametrize(("button", "state"), [("cancel", "CANCELLED"), ("fail", "FAILED")])
def test_who_does_not_pay_has_not_paid(shop, button, state):
    attempt = shop.start()

    shop.come_back(shop.press(attempt, button))
    shop.work_off()

    assert shop.state(attempt) == state
    assert Payment.objects.count() == 0


def test_another_amount_waits_for_a_person(shop):
    attempt = shop.start()

    shop.come_back(shop.press(attempt, "wrong_amount"))
    shop.work_off()

    attempt = PaymentAttempt.objects.get(pk=attempt.pk)
    assert (attempt.state, attempt.paid_amount) == ("MISMATCH", Decimal("1149.50"))
    assert Payment.objects.count() == 0


@only_nagad
def test_what_was_not_accepted_goes_back_by_hand_where_there_is_no_other_way(shop):
    Company.objects.update(refund_limit_amount=None)
    Company.forget_cached()
    attempt, clerk = shop.start(), UserFactory()
    shop.come_back(shop.press(attempt, "wrong_amount"))
    shop.work_off()
    attempt = review.refuse(attempt=attempt, act=Act(clerk, shop.at, reason=REASON))
    assert (attempt.state, shop.held_by_gateway()) == ("REFUSED", Decimal("1149.50"))
    asked = {"attempt": attempt, "reason": REASON, "on": shop.at.date(), "at": shop.at}

    with pytest.raises(NotReturnable, match="only at its own pages"):
        giving_back.send(**acting(**asked, actor=clerk))
    giving_back.send(by_hand="MP-1", **acting(**asked, actor=clerk))

    assert shop.held_by_gateway() == 0
    with pytest.raises(NotReturnable):
        giving_back.send(by_hand="MP-2", **acting(**asked, actor=clerk))


def test_a_forged_return_credits_nothing(shop):
    attempt, address = shop.start(), f"/pay/gateways/{shop.account.slug}/return/"
    fields = {
        "bkash": {"order": attempt.order, "paymentID": "TR1", "status": "success"},
        "nagad": {"order_id": attempt.order, "payment_ref_id": "1", "status": "Success"},
    }[shop.name]

    shop.client.get(address, fields)
    shop.client.get(address, {**fields, "amount": "1.00"})
    shop.client.get(address, {"order": "another", "order_id": "another", "status": "success"})
    shop.work_off()

    assert shop.state(attempt) == "OPEN"
    assert Payment.objects.count() == 0
    assert shop.executions() == 0
    assert GatewayCallback.objects.filter(state="UNKNOWN").count() == 1
    assert GatewayCallback.objects.filter(state="REFUSED").count() == 2
    assert AuditEvent.objects.filter(action="gateway.message_refused").count() == 3
    assert shop.desk.calls(gateway=shop.name, operation="status") == []


def test_a_flood_of_made_up_returns_does_not_keep_the_sweep_from_others(shop):
    """Each is refused without asking anybody (F-19); who knows the payment is still heard."""
    attempt, order = shop.start(), {"bkash": "order", "nagad": "order_id"}[shop.name]
    left = shop.press(attempt, "pay")
    for number in range(30):
        shop.client.get(
            f"/pay/gateways/{shop.account.slug}/return/",
            {order: attempt.order, "status": "success", "n": number},
        )
    shop.come_back(left)
    shop.work_off(at=clock.now() + timedelta(minutes=2))

    kept = list(GatewayCallback.objects.values_list("state", flat=True))
    assert (kept.count("REFUSED"), kept.count("DONE")) == (30, 1)
    assert AuditEvent.objects.filter(action="gateway.message_refused").count() == 30
    assert (shop.state(attempt), Payment.objects.count()) == ("SETTLED", 1)


def test_a_payers_own_flood_is_closed_by_one_answer_too(shop):
    names = {"bkash": ("order", "paymentID"), "nagad": ("order_id", "payment_ref_id")}
    attempt, (order, reference) = shop.start(), names[shop.name]
    for number in range(20):
        shop.client.get(
            f"/pay/gateways/{shop.account.slug}/return/",
            {order: attempt.order, reference: attempt.session_key, "status": "none", "n": number},
        )
    shop.work_off(at=clock.now() + timedelta(minutes=2))

    assert not GatewayCallback.objects.filter(state="NEW").exists()
    assert shop.state(attempt) == "OPEN"


def test_a_return_whose_ring_was_lost_does_not_wait_for_the_next_question(shop):
    """Asked in vain for hours, the next question is hours away; the customer is back now."""
    attempt = shop.start()
    PaymentAttempt.objects.filter(pk=attempt.pk).update(
        checked_at=clock.now() - timedelta(hours=1), next_check_at=clock.now() + timedelta(hours=8)
    )
    shop.come_back(shop.press(attempt, "pay"))
    soon = clock.now() + timedelta(minutes=1)

    for callback in inbox.waiting(at=soon):
        inbox.work_off(callback_id=callback, at=soon)

    assert shop.state(attempt) == "SETTLED"


def test_a_sweep_that_has_just_asked_does_not_keep_the_customer_waiting(shop):
    attempt = shop.start()
    reconciling.ask(PaymentAttempt.objects.get(pk=attempt.pk), at=shop.at)
    assert shop.state(attempt) == "OPEN"

    shop.come_back(shop.press(attempt, "pay"))
    shop.work_off(at=shop.at + timedelta(seconds=20))

    assert shop.state(attempt) == "SETTLED"


def test_a_server_that_says_an_empty_length_where_there_is_none_loses_no_return(shop):
    attempt = shop.start()
    left = shop.press(attempt, "pay")

    response = shop.client.get("/" + left["url"].split("/", 3)[3], CONTENT_LENGTH="")
    shop.work_off()

    assert (response.status_code, shop.state(attempt)) == (303, "SETTLED")


@only_bkash
@pytest.mark.parametrize("kind", ["lost_answer", "html", "truncated", "error_500"])
def test_money_that_moved_without_an_answer_is_credited_when_bkash_can_be_asked(shop, kind):
    attempt = shop.start()
    left = shop.press(attempt, "pay")
    shop.desk.fault("bkash", "lost_answer", operation="execute")
    shop.desk.fault("bkash", kind, operation="status")
    shop.come_back(left)

    shop.work_off()
    assert (shop.state(attempt), Payment.objects.count()) == ("OPEN", 0)
    reconciling.ask(PaymentAttempt.objects.get(pk=attempt.pk), at=shop.at + timedelta(minutes=5))

    assert shop.state(attempt) == "SETTLED"
    assert shop.executions() == 1
    assert shop.held_by_gateway() == PAID


@only_bkash
def test_a_customer_who_came_back_while_bkash_was_closed_pays_when_it_opens(shop):
    attempt = shop.start()
    left = shop.press(attempt, "pay")
    shop.desk.fault("bkash", "inactive", operation="execute")
    shop.come_back(left)
    shop.work_off()
    assert shop.state(attempt) == "OPEN"

    reconciling.ask(PaymentAttempt.objects.get(pk=attempt.pk), at=shop.at + timedelta(minutes=5))

    assert shop.state(attempt) == "SETTLED"


@only_bkash
def test_a_customer_who_never_came_back_is_never_charged(shop):
    attempt = shop.start()
    shop.press(attempt, "pay_lost")

    for hours in (1, 12, 30):
        later = shop.at + timedelta(hours=hours)
        reconciling.ask(PaymentAttempt.objects.get(pk=attempt.pk), at=later)

    assert shop.state(attempt) == "EXPIRED"
    assert shop.executions() == 0


@only_bkash
def test_too_little_money_says_so(shop):
    attempt = shop.start()
    shop.come_back(shop.press(attempt, "insufficient"))
    shop.work_off()

    attempt = PaymentAttempt.objects.get(pk=attempt.pk)
    assert (attempt.state, attempt.fail_code, attempt.fail_words) == (
        "FAILED",
        "2023",
        "Insufficient Balance",
    )


@only_nagad
def test_a_customer_whose_browser_is_gone_is_found_by_asking(shop):
    attempt = shop.start()
    shop.press(attempt, "pay_lost")

    reconciling.ask(PaymentAttempt.objects.get(pk=attempt.pk), at=shop.at + timedelta(minutes=5))

    assert shop.state(attempt) == "SETTLED"
    assert shop.held_by_gateway() == PAID
