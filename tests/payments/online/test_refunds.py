"""Money sent back through the gateway: out of the books once, back in when it is refused."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from billing.allocation.models import Payment, Refund
from billing.approvals.services import approvals
from customers.models import AccountState
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.core.models import Company
from payments.bank.queries import unmatched
from payments.bank.services import linking
from payments.bank.services.booking import LineRefused
from payments.online.models import GatewayRefund
from payments.online.queries import refundable
from payments.online.services import refunding, refunds
from payments.online.services.refunds import NotRefundable
from tests.factories.accounts import UserFactory
from tests.factories.bank import bank_account, line_of
from tests.factories.payments import paid as settled

pytestmark = pytest.mark.django_db(transaction=True)

REASON = "paid twice by mistake"


@pytest.fixture
def paid(shop):
    """An online payment of 2,000.00 for a bill of 1,150.00: 850.00 is credit."""
    attempt = shop.start("2000.00")
    shop.press(attempt, "success")
    shop.notify(shop.notices(attempt)[0])
    attempt.refresh_from_db()
    return attempt


def send_back(shop, attempt, amount="300.00", limit=None, **values):
    Company.objects.update(refund_limit_amount=limit)
    Company.forget_cached()
    return refunds.refund(
        customer=shop.customer,
        amount=Decimal(amount),
        method=attempt.payment.method,
        reference="",
        act=Act(UserFactory(), shop.at, on=shop.at.date(), reason=REASON),
        through=attempt,
        **values,
    )


def follow(shop, minutes=0):
    refunding.follow_all(now=lambda: shop.at + timedelta(minutes=minutes))
    return GatewayRefund.objects.get()


def test_it_is_asked_for_once_and_followed_to_its_end(shop, paid):
    send_back(shop, paid)
    assert shop.held_by_gateway() == Decimal("1700.00")

    row = follow(shop)
    assert row.state == "PROCESSING"
    shop.desk.turn_refund(row.gateway_reference, "refunded")

    assert follow(shop, minutes=10).state == "DONE"
    session = shop.desk.session(paid.session_key)
    assert [one["amount"] for one in session["refunds"]] == ["300.00"]
    assert Refund.objects.get().amount == Decimal("300.00")


def test_refused_in_the_end_the_money_is_credit_again(shop, paid):
    send_back(shop, paid)
    shop.desk.turn_refund(follow(shop).gateway_reference, "cancelled")

    row = follow(shop, minutes=10)

    assert (row.state, row.returned.amount) == ("REFUSED", Decimal("300.00"))
    assert refundable.available(shop.customer.pk) == Decimal("850.00")
    assert shop.held_by_gateway() == Decimal("2000.00")
    assert follow(shop, minutes=20).state == "REFUSED"
    assert Payment.objects.count() == 2


@pytest.mark.parametrize("kind", ["lost_answer", "error_500", "html"])
def test_an_unclear_answer_is_cleared_by_asking_with_the_same_id(shop, paid, kind):
    shop.desk.fault("sslcommerz", kind, times=1)
    send_back(shop, paid)
    assert follow(shop).state == "REQUESTED"

    row = follow(shop, minutes=2)

    assert row.state == "PROCESSING"
    session = shop.desk.session(paid.session_key)
    assert [one["amount"] for one in session["refunds"]] == ["300.00"]


def test_no_more_goes_back_than_came_and_than_is_credit(shop, paid):
    with pytest.raises(NotRefundable):
        send_back(shop, paid, "850.01")
    send_back(shop, paid, "850.00")
    with pytest.raises(NotRefundable):
        send_back(shop, paid, "0.01")


def test_a_settled_payment_that_was_partly_sent_back_is_not_reversed_by_itself(shop, paid):
    send_back(shop, paid)
    shop.press(paid, "take_back")
    shop.notify(shop.notices(paid)[-1])

    paid.refresh_from_db()
    assert (paid.state, paid.payment.status) == ("SETTLED", "COMPLETED")
    assert "paid out" in paid.fail_words


def test_a_payment_that_paid_a_bill_goes_back_whole_and_the_bill_is_owed_again(shop, paid):
    with pytest.raises(NotRefundable):
        send_back(shop, paid, "2000.00")

    send_back(shop, paid, "2000.00", is_released=True)

    shop.invoice.refresh_from_db()
    paid.payment.refresh_from_db()
    assert (shop.invoice.amount_due, shop.invoice.status) == (Decimal("1150.00"), "OPEN")
    assert (paid.payment.refunded_amount, paid.payment.allocated_amount) == (2000, 0)
    assert AccountState.objects.get(customer=shop.customer).balance_amount == Decimal("1150.00")
    assert shop.held_by_gateway() == 0
    assert follow(shop).state == "PROCESSING"
    assert len(shop.desk.session(paid.session_key)["refunds"]) == 1
    with pytest.raises(NotRefundable):
        send_back(shop, paid, "0.01", is_released=True)


def test_only_as_much_of_its_bill_is_let_go_of_as_goes_back(shop, paid):
    send_back(shop, paid, "1000.00", is_released=True)

    shop.invoice.refresh_from_db()
    assert shop.invoice.amount_due == Decimal("150.00")
    assert refundable.available(shop.customer.pk) == 0


def test_other_credit_pays_what_is_owed_again(shop, paid):
    settled(shop.customer, "100.00", at=shop.at)

    send_back(shop, paid, "1000.00", is_released=True)

    shop.invoice.refresh_from_db()
    assert shop.invoice.amount_due == Decimal("50.00")


def test_what_an_approval_lets_go_of_is_let_go_of_once_and_only_then(shop, paid):
    asked = send_back(shop, paid, "2000.00", is_released=True, limit="500.00")

    shop.invoice.refresh_from_db()
    assert (asked.document, shop.invoice.amount_due) == (None, 0)
    approvals.approve(approval=asked.approval, act=Act(UserFactory(), shop.at, on=shop.at.date()))
    shop.invoice.refresh_from_db()
    assert shop.invoice.amount_due == Decimal("1150.00")


def test_the_page_of_the_payment_leads_to_it_and_says_what_it_paid(shop, paid):
    Company.objects.update(refund_limit_amount=None)
    Company.forget_cached()
    shop.client.force_login(UserFactory(role=User.Role.OWNER))
    act = reverse("staff_payments:checkout-send-back", args=[paid.order])
    page = reverse("staff_payments:detail", args=[paid.payment.receipt_number])

    assert act in shop.client.get(page).content.decode()
    assert shop.invoice.number in shop.client.get(act).content.decode()
    given = {"amount": "2000.00", "reason": REASON}
    assert shop.client.post(act, given).status_code == 422
    assert shop.client.post(act, {**given, "is_released": "on"}).status_code == 302
    assert Refund.objects.get().amount == Decimal("2000.00")


def test_it_left_the_gateways_account_so_no_line_of_our_bank_is_it(shop, paid):
    send_back(shop, paid, "300.00")
    account = bank_account()
    line = line_of(account, "-300.00", "Transfer out", day=str(shop.at.date()), at=shop.at)

    assert unmatched.linkable(line)["refunds"] == []
    with pytest.raises(LineRefused):
        linking.link(line=line, refund=Refund.objects.get(), act=Act(UserFactory(), shop.at))

    assert shop.held_by_gateway() == Decimal("1700.00")
