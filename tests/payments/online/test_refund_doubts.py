"""A refund whose answer was lost at bKash: found, or decided by a person; never sent twice."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.reports.queries import proofs
from payments.online.gateways.bkash_refunds import refund_rows, refunded, refusal_code
from payments.online.gateways.contract import RefundState
from payments.online.models import GatewayRefund
from payments.online.queries import checkouts
from payments.online.services import accounts, refund_doubts, refund_totals, refunding, refunds
from tests.factories.accounts import UserFactory
from tests.laws import at_once
from tests.payments.online.test_wallets import Wallet

pytestmark = pytest.mark.django_db(transaction=True)

REASON = "paid twice by mistake"
V1 = {  # v1.2.0-beta, as documented
    "completedTime": "2026-01-10T10:00:00:000 GMT+0600", "transactionStatus": "Completed",
    "originalTrxID": "AAA1111111", "refundTrxID": "BBB2222222", "amount": "300.00",
    "currency": "BDT", "charge": "0.00", "statusCode": "0000", "statusMessage": "Successful",
}  # fmt: skip
V2 = {
    "originalTrxId": "AAA1111111",
    "originalTrxAmount": "1150.00",
    "originalTrxCompletedTime": "2026-01-10T09:00:00:000 GMT+0600",
    "refundTransactions": [
        {
            "refundTrxId": "BBB2222222",
            "refundTransactionStatus": "Completed",
            "refundAmount": "300.00",
            "completedTime": "2026-01-10T10:00:00:000 GMT+0600",
        }
    ],
}


@pytest.fixture
def shop(_sandbox, desk, settings, client, at, db):
    settings.PUBLIC_URL = "http://127.0.0.1:9"
    Company.objects.update(refund_limit_amount=None)
    Company.forget_cached()
    return Wallet("bkash", _sandbox, desk, client, at)


@pytest.fixture
def paid(shop):
    """2,000.00 by bKash for a bill of 1,150.00: 850.00 is credit."""
    attempt = shop.start("2000.00")
    shop.come_back(shop.press(attempt, "pay"))
    shop.work_off()
    attempt.refresh_from_db()
    assert attempt.state == "SETTLED"
    return attempt


def send_back(shop, attempt, amount="300.00"):
    refunds.refund(
        customer=shop.customer,
        amount=Decimal(amount),
        method=attempt.payment.method,
        reference="",
        act=Act(UserFactory(), shop.at, on=shop.at.date(), reason=REASON),
        through=attempt,
    )
    return GatewayRefund.objects.latest("pk")


def follow(shop, row, times=1, minutes=0):
    for number in range(times):
        later = shop.at + timedelta(minutes=minutes, hours=number)
        refunding.follow(refund_id=row.pk, at=later)
    row.refresh_from_db()
    return row


def gone(shop, attempt):
    return [one["amount"] for one in shop.desk.session(attempt.session_key)["refunds"]]


def unknown(shop, attempt, row, monkeypatch):
    """The refund is done at the gateway, its answer lost, and the gateway's list is behind."""
    shop.desk.fault("bkash", "lost_answer", operation="refund", times=1)
    follow(shop, row)
    assert gone(shop, attempt) == ["300.00"]
    real = refunding._state
    monkeypatch.setattr(
        refunding, "_state", lambda *given: refunding.RefundOutcome(RefundState.UNKNOWN)
    )
    follow(shop, row, times=6, minutes=5)
    monkeypatch.setattr(refunding, "_state", real)
    return row


def test_a_lost_answer_is_found_by_asking_and_nothing_is_sent_again(shop, paid):
    row = send_back(shop, paid)
    shop.desk.fault("bkash", "lost_answer", operation="refund", times=1)
    assert follow(shop, row).state == "REQUESTED"

    assert follow(shop, row, times=3, minutes=5).state == "DONE"

    assert gone(shop, paid) == ["300.00"]
    assert len(shop.desk.calls(gateway="bkash", operation="refund")) == 1


def test_what_the_gateway_does_not_know_is_never_sent_again_by_itself(shop, paid, monkeypatch):
    row = unknown(shop, paid, send_back(shop, paid), monkeypatch)

    assert (row.state, row.next_check_at) == ("DOUBT", None)
    assert gone(shop, paid) == ["300.00"]
    assert list(checkouts.undecided(None)) == [paid]
    assert at_once.broken() == []


def test_before_it_is_sent_again_the_gateways_total_is_compared(shop, paid, monkeypatch):
    row = unknown(shop, paid, send_back(shop, paid), monkeypatch)

    with pytest.raises(refund_doubts.SentAlready, match=r"300\.00"):
        refund_doubts.send_again(refund=row, act=Act(UserFactory(), shop.at, reason=REASON))

    assert gone(shop, paid) == ["300.00"]


def test_a_person_notes_that_it_was_sent(shop, paid, monkeypatch):
    row = unknown(shop, paid, send_back(shop, paid), monkeypatch)
    client = Client()
    client.force_login(UserFactory(role="OWNER"))
    page = client.get(reverse("staff_payments:checkout", args=[paid.order])).content.decode()
    assert "It was sent" in page

    url = reverse("staff_payments:checkout-refund", args=[paid.order, row.pk])
    assert client.get(f"{url}?sent=1").status_code == 200
    client.post(f"{url}?sent=1", {"reference": "BBB2222222", "reason": REASON})

    row.refresh_from_db()
    assert (row.state, row.gateway_reference) == ("DONE", "BBB2222222")
    assert client.get(url).status_code == 404
    assert at_once.broken() == []


def test_what_never_left_is_sent_when_the_gateway_is_open_again(shop, paid):
    row = send_back(shop, paid)
    shop.desk.fault("bkash", "inactive", operation="refund", times=1)
    assert follow(shop, row).state == "REQUESTED"
    assert gone(shop, paid) == []

    assert follow(shop, row, times=2, minutes=11).state == "DONE"

    assert gone(shop, paid) == ["300.00"]


def test_what_the_gateway_did_not_do_is_sent_again_by_a_person_only(shop, paid):
    row = send_back(shop, paid)
    GatewayRefund.objects.filter(pk=row.pk).update(is_sent=True)  # killed before the call
    row.refresh_from_db()
    assert follow(shop, row, times=6, minutes=5).state == "DOUBT"
    assert gone(shop, paid) == []

    refund_doubts.send_again(refund=row, act=Act(UserFactory(), shop.at, reason=REASON))

    assert follow(shop, row, minutes=11).state == "DONE"
    assert gone(shop, paid) == ["300.00"]


def test_two_refunds_of_one_amount_are_told_apart(shop, paid):
    first = send_back(shop, paid)
    assert follow(shop, first).state == "DONE"
    second = send_back(shop, paid)
    GatewayRefund.objects.filter(pk=second.pk).update(is_sent=True)
    second.refresh_from_db()

    assert follow(shop, second, times=6, minutes=5).state == "DOUBT"

    assert gone(shop, paid) == ["300.00"]


@pytest.mark.parametrize("answer", [V1, V2])
def test_both_documented_answers_are_read(answer):
    (row,) = refund_rows(answer)

    assert refunded(row).state is RefundState.DONE
    assert refunded(row).reference == "BBB2222222"
    assert refusal_code(answer) == ""


def test_an_unclear_code_is_no_refusal(shop, paid):
    """The money is on its way, and the gateway's answer is an error of its system."""
    unclear = {"statusCode": "9999", "statusMessage": "System error"}
    shop.desk.fault("bkash", "override", operation="refund", fields=unclear)
    row = send_back(shop, paid)

    assert follow(shop, row).state == "REQUESTED"
    assert follow(shop, row, times=2, minutes=5).state == "DONE"
    assert gone(shop, paid) == ["300.00"]


def compare(shop, days=1):
    later = shop.at + timedelta(days=days)
    return refund_totals.compare_all(now=lambda: later).odd


def sent_twice(shop, attempt):
    """The gateway gave 300.00 back twice, by a second request nobody here knows of."""
    row = send_back(shop, attempt)
    assert follow(shop, row).state == "DONE"
    gateway = accounts.gateway_of(attempt.account)
    cache.clear()  # the adapter itself keeps from sending one twice
    gateway.refund(refunding.order_of(GatewayRefund.objects.get(pk=row.pk)))
    assert gone(shop, attempt) == ["300.00", "300.00"]


def test_every_day_the_gateways_total_is_compared_with_ours(shop, paid):
    sent_twice(shop, paid)
    assert at_once.broken() == []  # nobody can know yet

    assert (compare(shop), compare(shop)) == (1, 0)

    paid.refresh_from_db()
    assert (paid.odd, paid.told_back_amount) == ("REFUNDS", Decimal("600.00"))
    assert [found.check for found in proofs.check_all()] == ["gateways_gave_back_what_was_sent"]
    client = Client()
    client.force_login(UserFactory(role="OWNER"))
    page = client.get(reverse("staff_payments:checkout", args=[paid.order])).content.decode()
    assert "600.00" in page
    assert "300.00" in page

    client.post(reverse("staff_payments:checkout-look", args=[paid.order]))

    assert compare(shop, days=2) == 0
    assert at_once.broken() == []


def test_a_refund_that_went_as_asked_is_nobodys_work(shop, paid):
    assert follow(shop, send_back(shop, paid)).state == "DONE"

    assert compare(shop) == 0

    paid.refresh_from_db()
    assert (paid.odd, paid.told_back_amount) == ("", Decimal("300.00"))


def test_a_silent_gateway_says_nothing_about_refunds(shop, paid):
    sent_twice(shop, paid)
    shop.desk.fault("bkash", "inactive", operation="refund_status", times=9)

    assert compare(shop) == 0
