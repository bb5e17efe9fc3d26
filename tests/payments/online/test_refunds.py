"""Money sent back through the gateway: out of the books once, back in when it is refused."""

from datetime import timedelta
from decimal import Decimal

import pytest

from ispbill.core.models import Company
from payments.models import GatewayRefund, Payment, Refund
from payments.queries import tray
from payments.services import refunds
from payments.services.gateways import refunding
from payments.services.imports import matching
from payments.services.imports.booking import LineRefused
from payments.services.refunds import NotRefundable
from tests.factories.accounts import UserFactory
from tests.factories.bank import bank_account, line_of

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


def send_back(shop, attempt, amount="300.00"):
    Company.objects.update(refund_limit_amount=None)
    Company.forget_cached()
    return refunds.refund(
        customer=shop.customer, amount=Decimal(amount), method=attempt.payment.method,
        reference="", reason=REASON, on=shop.at.date(), at=shop.at, actor=UserFactory(),
        through=attempt,
    )  # fmt: skip


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
    assert refunds.available(shop.customer.pk) == Decimal("850.00")
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


def test_a_settled_payment_that_was_partly_sent_back_is_not_taken_back_by_itself(shop, paid):
    send_back(shop, paid)
    shop.press(paid, "take_back")
    shop.notify(shop.notices(paid)[-1])

    paid.refresh_from_db()
    assert (paid.state, paid.payment.status) == ("SETTLED", "COMPLETED")
    assert "paid out" in paid.fail_words


def test_it_left_the_gateways_account_so_no_line_of_our_bank_is_it(shop, paid):
    send_back(shop, paid, "300.00")
    account = bank_account()
    line = line_of(account, "-300.00", "Transfer out", day=str(shop.at.date()), at=shop.at)

    assert tray.linkable(line)["refunds"] == []
    with pytest.raises(LineRefused):
        matching.link(line=line, refund=Refund.objects.get(), at=shop.at, actor=UserFactory())

    assert shop.held_by_gateway() == Decimal("1700.00")
