"""A payment through SSLCommerz, from the first click to the books, over real sockets."""

from datetime import timedelta
from decimal import Decimal

import pytest

from billing.allocation.models import Payment
from billing.dunning.queries import under_way as paying
from billing.invoices.models import Invoice
from billing.receivables.queries import receipts
from customers.models import AccountState
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from payments.desk.services import reversing
from payments.online.models import GatewayCallback, PaymentAttempt
from payments.online.services import inbox, reconciling, starting
from tests.rivals import at_once

pytestmark = pytest.mark.django_db(transaction=True)

PAID = Decimal("1150.00")


def paid_times():
    return Payment.objects.filter(status="COMPLETED").count()


def test_a_payment_is_credited_once_when_the_notice_comes(shop):
    attempt = shop.start()
    shop.press(attempt, "success")
    (notice,) = shop.notices(attempt)

    assert shop.notify(notice).status_code == 200

    attempt = PaymentAttempt.objects.get(pk=attempt.pk)
    payment = Payment.objects.get()
    assert (attempt.state, attempt.payment_id) == ("SETTLED", payment.pk)
    assert (payment.amount, payment.method) == (PAID, "BKASH")
    assert payment.reference == attempt.bank_reference != ""
    assert Invoice.objects.get(pk=shop.invoice.pk).amount_due == 0
    assert shop.held_by_gateway() == PAID
    assert attempt.fee_amount == Decimal("28.75")


def test_the_return_alone_is_enough_and_shows_our_own_page(shop):
    attempt = shop.start()
    left = shop.press(attempt, "no_ipn")

    response = shop.come_back(left)
    assert (response.status_code, response["Location"]) == (303, f"/pay/attempts/{attempt.order}/")
    assert shop.state(attempt) == "OPEN"  # a return credits nothing by itself
    shop.work_off()

    assert shop.state(attempt) == "SETTLED"
    page = shop.client.get(response["Location"]).content.decode()
    assert Payment.objects.get().receipt_number in page
    assert shop.customer.name not in page


@pytest.mark.parametrize("order", ["ni", "in", "nni", "ini", "innn", "niini"])
def test_notice_and_return_in_any_order_and_number_credit_once(shop, order):
    """F-17; all 24 orders of four happenings are in `test_faults.py`."""
    attempt = shop.start()
    left = shop.press(attempt, "success")
    (notice,) = shop.notices(attempt)

    for step in order:
        if step == "n":
            shop.notify(notice)
        else:
            shop.come_back(left)
            shop.work_off()

    assert (shop.state(attempt), paid_times()) == ("SETTLED", 1)
    assert sum(GatewayCallback.objects.values_list("times", flat=True)) == len(order)


def test_thirty_two_notices_at_once_credit_once(shop):
    """F-16."""
    attempt = shop.start()
    shop.press(attempt, "success")
    (notice,) = shop.notices(attempt)
    shop.client.post(f"/pay/gateways/{shop.account.slug}/ipn/", notice)
    row = GatewayCallback.objects.get()

    at_once(32, lambda: inbox.work_off(callback_id=row.pk, at=shop.at))

    assert (shop.state(attempt), paid_times()) == ("SETTLED", 1)


def test_without_any_news_the_gateway_is_asked_and_the_money_found_within_15_minutes(shop):
    """F-17: neither browser nor notice."""
    attempt = shop.start()
    shop.press(attempt, "silent")

    for minutes in range(16):
        reconciling.reconcile(now=lambda m=minutes: shop.at + timedelta(minutes=m))

    assert (shop.state(attempt), paid_times()) == ("SETTLED", 1)


def test_a_cancel_ends_the_try_and_leaves_the_bill(shop):
    attempt = shop.start()
    shop.come_back(shop.press(attempt, "cancel"))
    shop.work_off()

    assert (shop.state(attempt), paid_times()) == ("CANCELLED", 0)
    assert Invoice.objects.get(pk=shop.invoice.pk).amount_due == PAID


@pytest.mark.parametrize(
    ("way", "said"),
    [("bkash", "bKash"), ("dbblmobilebanking", "Rocket"), ("visacard", "Visa card (Dutch Bangla)")],
)
def test_the_payer_reads_how_it_was_paid_and_no_code(shop, way, said):
    attempt = shop.start()
    response = shop.come_back(shop.press(attempt, "success", way=way))
    shop.work_off()

    page = shop.client.get(response["Location"]).content.decode()
    receipt = PaymentAttempt.objects.get(pk=attempt.pk).payment
    slip = shop.client.get("/receipt/" + receipts.token_of(receipt)).content.decode()

    assert [f"<dd>{said}</dd>" in shown for shown in (page, slip)] == [True, True]
    told = Message.objects.filter(event="payment_received")
    assert set(told.values_list("context__method", flat=True)) == {said}


def test_a_failure_is_shown_in_the_banks_words(shop):
    attempt = shop.start()
    left = shop.press(attempt, "insufficient")
    response = shop.come_back(left)
    shop.work_off()

    assert shop.state(attempt) == "FAILED"
    words = PaymentAttempt.objects.get(pk=attempt.pk).fail_words
    assert words
    assert words in shop.client.get(response["Location"]).content.decode()


def test_a_failure_notice_after_success_changes_nothing(shop):
    """F-18."""
    attempt = shop.start()
    shop.press(attempt, "success")
    shop.notify(shop.notices(attempt)[0])
    shop.press(attempt, "decline")

    shop.notify(shop.notices(attempt)[-1])  # signed, but the gateway itself still says paid
    reconciling.ask(PaymentAttempt.objects.get(pk=attempt.pk), at=shop.at)

    assert (shop.state(attempt), paid_times()) == ("SETTLED", 1)


def test_a_later_decline_by_the_gateway_itself_takes_the_payment_back(shop):
    attempt = shop.start()
    shop.press(attempt, "success")
    shop.notify(shop.notices(attempt)[0])
    shop.press(attempt, "take_back")

    shop.notify(shop.notices(attempt)[-1])

    payment = Payment.objects.get()
    assert (shop.state(attempt), payment.status) == ("REVERSED", "REVERSED")
    assert Invoice.objects.get(pk=shop.invoice.pk).amount_due == PAID
    assert shop.held_by_gateway() == 0
    shop.notify(shop.notices(attempt)[0])
    assert shop.state(attempt) == "REVERSED"


def test_a_payment_reversed_is_found_among_the_tries_of_its_page(shop):
    """The card had too little money first; the query then tells of two that failed."""
    attempt = shop.start()
    shop.press(attempt, "insufficient")
    shop.press(attempt, "success")
    shop.notify(shop.notices(attempt)[-1])
    assert shop.state(attempt) == "SETTLED"
    shop.press(attempt, "take_back")

    shop.notify(shop.notices(attempt)[-1])

    assert (shop.state(attempt), Payment.objects.get().status) == ("REVERSED", "REVERSED")
    assert shop.held_by_gateway() == 0


def test_a_message_that_comes_again_is_worked_off_again_though_its_ring_is_lost(shop):
    """The same words twice: the first time the gateway still says paid, the second time not."""
    attempt = shop.start()
    shop.press(attempt, "success")
    shop.notify(shop.notices(attempt)[0])
    shop.press(attempt, "decline")
    declined = shop.notices(attempt)[-1]
    shop.notify(declined)
    assert shop.state(attempt) == "SETTLED"

    shop.press(attempt, "take_back")
    shop.client.post(f"/pay/gateways/{shop.account.slug}/ipn/", declined)  # and nobody rings
    later = clock.now() + timedelta(minutes=1)
    for callback in inbox.waiting(at=later):
        inbox.work_off(callback_id=callback, at=later)

    assert (shop.state(attempt), paid_times()) == ("REVERSED", 0)


def test_money_with_a_risk_flag_waits_for_a_person(shop):
    attempt = shop.start()
    shop.press(attempt, "risk")
    shop.notify(shop.notices(attempt)[0])

    assert (shop.state(attempt), paid_times()) == ("HELD", 0)


def test_another_amount_than_asked_waits_for_a_person(shop):
    attempt = shop.start()
    shop.press(attempt, "wrong_amount", amount="115.00")
    shop.notify(shop.notices(attempt)[0])

    attempt = PaymentAttempt.objects.get(pk=attempt.pk)
    assert (attempt.state, attempt.paid_amount, paid_times()) == ("MISMATCH", Decimal("115.00"), 0)


def test_money_that_comes_after_the_end_of_its_time_is_credited(shop):
    """F-18: success after the end."""
    attempt = shop.start()
    late = shop.at + timedelta(hours=25)
    reconciling.reconcile(now=lambda: late)
    assert shop.state(attempt) == "EXPIRED"

    shop.press(attempt, "success")
    shop.notify(shop.notices(attempt)[0])

    assert (shop.state(attempt), paid_times()) == ("SETTLED", 1)


def test_a_bill_paid_otherwise_meanwhile_makes_the_money_credit(shop):
    from tests.factories.payments import paid

    attempt = shop.start(invoices=[shop.invoice.pk])
    paid(shop.customer, "1150.00", at=shop.at)
    shop.press(attempt, "success")
    shop.notify(shop.notices(attempt)[0])

    assert (shop.state(attempt), paid_times()) == ("SETTLED", 2)
    assert AccountState.objects.get(customer=shop.customer).balance_amount == -PAID


def test_two_tries_paid_for_one_bill_are_both_credited(shop):
    first, second = shop.start(), shop.start("1150.00", key="other", source="PORTAL", invoices=[1])
    assert first.pk != second.pk
    for attempt in (first, second):
        shop.press(attempt, "success")
        shop.notify(shop.notices(attempt)[0])

    assert paid_times() == 2
    assert AccountState.objects.get(customer=shop.customer).balance_amount == -PAID


def test_the_same_form_again_is_the_same_try_and_the_same_request_goes_on_with_it(shop):
    first = shop.start(key="form")

    assert shop.start(key="form").pk == first.pk
    assert shop.start(key="another tab").pk == first.pk
    assert shop.start("500.00", key="third").pk != first.pk


def test_a_silent_gateway_takes_nothing_and_says_so(shop):
    shop.desk.fault("sslcommerz", "error_500", times=-1)

    with pytest.raises(starting.GatewayUnavailable):
        shop.start()

    assert PaymentAttempt.objects.get().state == "FAILED"


@pytest.mark.parametrize(
    "kind", ["error_500", "lost_answer", "html", "empty", "truncated", "null", "wrong_types"]
)
def test_an_answer_that_says_nothing_settles_nothing_and_is_asked_for_again(shop, kind):
    """F-20."""
    attempt = shop.start()
    shop.press(attempt, "success")
    shop.desk.fault("sslcommerz", kind, times=1)
    shop.notify(shop.notices(attempt)[0])
    assert (shop.state(attempt), paid_times()) == ("OPEN", 0)

    shop.work_off(at=shop.at + timedelta(minutes=2))

    assert (shop.state(attempt), paid_times()) == ("SETTLED", 1)


def test_an_answer_that_comes_late_is_an_answer(shop):
    """F-20: a slow validation; what is too slow for us is as `lost_answer` above."""
    attempt = shop.start()
    shop.press(attempt, "success")
    shop.desk.fault("sslcommerz", "slow", seconds=1.5, times=1)

    shop.notify(shop.notices(attempt)[0])

    assert (shop.state(attempt), paid_times()) == ("SETTLED", 1)


def test_a_customer_whose_payment_is_claimed_but_not_confirmed_counts_as_paying(shop):

    attempt, today = shop.start(), shop.at.date()
    assert paying.who_is_paying([shop.customer.pk], on=today) == set()
    shop.press(attempt, "success")
    shop.desk.fault("sslcommerz", "error_500", times=1)
    shop.notify(shop.notices(attempt)[0])

    assert paying.who_is_paying([shop.customer.pk], on=today) == {shop.customer.pk}


def test_a_payment_reversed_by_hand_is_not_made_again_by_an_old_notice(shop):
    attempt = shop.start()
    shop.press(attempt, "success")
    (notice,) = shop.notices(attempt)
    shop.notify(notice)
    reversing.reverse(
        payment=Payment.objects.get(),
        act=Act(None, shop.at, reason="money went to the wrong account"),
    )

    shop.notify(notice, value_b="again")

    assert (shop.state(attempt), paid_times()) == ("REVERSED", 0)


def test_what_became_of_it_stands_in_the_audit_trail(shop):
    attempt = shop.start()
    shop.press(attempt, "success")
    shop.notify(shop.notices(attempt)[0])

    actions = AuditEvent.objects.filter(target_type="paymentattempt").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == ["attempt.started", "attempt.settled"]


def test_why_the_gateway_does_not_let_us_in_is_told_to_staff_and_not_to_the_payer(shop):
    reason = "IP 203.0.113.9 is not whitelisted"
    shop.desk.fault(
        "sslcommerz",
        "refuse",
        operation="session",
        fields={"status": "FAILED", "failedreason": reason},
    )
    with pytest.raises(starting.GatewayUnavailable):
        shop.start()

    attempt = PaymentAttempt.objects.get()

    assert (attempt.state, attempt.fail_words) == ("FAILED", reason)
    assert reason not in shop.client.get(f"/pay/attempts/{attempt.order}/").content.decode()


def test_what_the_bank_said_stays_when_the_gateway_is_silent_afterwards(shop):
    attempt = shop.start()
    shop.come_back(shop.press(attempt, "insufficient"))
    shop.work_off()
    shop.desk.fault(
        "sslcommerz",
        "refuse",
        operation="query",
        fields={"APIConnect": "FAILED", "errorReason": "IP not whitelisted"},
    )

    reconciling.ask(PaymentAttempt.objects.get(pk=attempt.pk), at=shop.at)

    assert PaymentAttempt.objects.get(pk=attempt.pk).fail_words == "Insufficient Balance"


def test_staff_read_on_an_open_try_why_the_gateway_does_not_answer_us(shop):
    attempt = shop.start()
    shop.desk.fault(
        "sslcommerz",
        "refuse",
        operation="query",
        fields={"APIConnect": "FAILED", "errorReason": "IP not whitelisted"},
    )

    reconciling.ask(PaymentAttempt.objects.get(pk=attempt.pk), at=shop.at)

    attempt.refresh_from_db()
    assert (attempt.state, attempt.fail_words) == (
        "OPEN",
        "The payment gateway does not take calls from our server: IP not whitelisted",
    )
