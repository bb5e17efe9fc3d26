"""Money a gateway took and we did not accept: said truly, owed in the books, sent back once."""

from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest
from django.db.models import Sum
from django.urls import reverse

from billing.allocation.models import Payment
from billing.approvals.models import Approval
from billing.approvals.services import approvals
from billing.ledger.models import Posting
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from ispbill.reports.queries import proofs
from payments.bank.models import SettlementLine
from payments.bank.services import payouts, recognising
from payments.online.models import GatewayRefund, PaymentAttempt
from payments.online.services import giving_back, refunding, review
from payments.online.services.giving_back import NotReturnable
from tests.database import owner_connection
from tests.factories.accounts import UserFactory
from tests.factories.acts import acting
from tests.factories.bank import bank_account
from tests.payments.bank.test_payouts import row, taken_in
from tests.rivals import at_once

pytestmark = pytest.mark.django_db(transaction=True)

REASON = "the card was reported stolen"
PAID = Decimal("1150.00")


def books(*codes):
    return [
        Posting.objects.filter(account=code).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
        for code in codes
    ]


def refused(shop, button="risk", **answer):
    attempt = shop.start()
    shop.press(attempt, button)
    if answer:
        shop.desk.fault("sslcommerz", "override", fields=answer, times=1)
    shop.notify(shop.notices(attempt)[0])
    attempt.refresh_from_db()
    return review.refuse(attempt=attempt, act=Act(UserFactory(), shop.at, reason=REASON))


def give_back(shop, attempt, actor=None, **values):
    return giving_back.send(
        attempt=attempt,
        act=Act(actor or UserFactory(), shop.at, on=shop.at.date(), reason=REASON),
        **values,
    )


@pytest.fixture(autouse=True)
def _no_limit(db):
    Company.objects.update(refund_limit_amount=None)
    Company.forget_cached()


def follow(shop, minutes=0):
    refunding.follow_all(now=lambda: shop.at + timedelta(minutes=minutes))
    return GatewayRefund.objects.order_by("-pk").first()


def seen(shop, attempt):
    page = shop.client.get(reverse("public_payments:attempt", args=[attempt.order]))
    return " ".join(page.content.decode().split())


def told():
    return sorted(set(Message.objects.values_list("event", flat=True)))


def test_what_is_not_accepted_is_owed_back_and_the_payer_is_told_the_truth(shop):
    attempt = refused(shop)

    assert attempt.state == "REFUSED"
    assert books(1030, 2340) == [PAID, -PAID]
    page = seen(shop, attempt)
    assert "We did not accept this payment." in page
    assert "Nothing was taken" not in page
    assert "payment_not_accepted" in told()


def test_it_goes_back_once_and_the_page_follows(shop):
    attempt = refused(shop)

    give_back(shop, attempt)
    assert books(1030, 2340) == [0, 0]
    assert "on its way back" in seen(shop, attempt)
    with pytest.raises(NotReturnable):
        give_back(shop, attempt)
    row = follow(shop)
    shop.desk.turn_refund(row.gateway_reference, "refunded")
    assert follow(shop, minutes=10).state == "DONE"

    session = shop.desk.session(attempt.session_key)
    assert [one["amount"] for one in session["refunds"]] == ["1150.00"]
    assert "went back the way you paid" in seen(shop, attempt)
    assert "payment_sent_back" in told()
    with pytest.raises(NotReturnable):
        give_back(shop, attempt, by_hand="R1")
    assert Payment.objects.count() == 0


def test_refused_by_the_gateway_it_is_owed_again_and_may_be_credited_after_all(shop):
    attempt = refused(shop)
    give_back(shop, attempt)
    shop.desk.turn_refund(follow(shop).gateway_reference, "cancelled")

    assert follow(shop, minutes=10).state == "REFUSED"
    assert books(1030, 2340) == [PAID, -PAID]
    assert "payment_sent_back" not in told()

    again = {"attempt": attempt, "reason": REASON, "actor": UserFactory(), "at": shop.at}
    with pytest.raises(review.Stale):
        review.accept(**acting(again))
    review.accept(is_after_refusal=True, **acting(again))

    assert shop.state(attempt) == "SETTLED"
    assert books(1030, 2340) == [PAID, 0]
    assert Payment.objects.get().amount == PAID
    assert [one.check for one in proofs.check_all()] == []


def test_what_went_back_is_not_credited(shop):
    attempt = refused(shop)
    give_back(shop, attempt, by_hand="R-77")

    with pytest.raises(review.Stale):
        review.accept(
            attempt=attempt, act=Act(UserFactory(), shop.at, reason=REASON), is_after_refusal=True
        )
    assert GatewayRefund.objects.get().gateway_reference == "R-77"
    with owner_connection() as owner, pytest.raises(psycopg.Error) as error:
        owner.execute("UPDATE payments_paymentattempt SET state = 'SETTLED'")
    assert "went back" in str(error.value)


def test_another_currency_goes_back_as_what_the_gateway_holds_of_it(shop):
    attempt = refused(shop, "success", currency_type="USD", currency_amount="9.50")

    assert (attempt.paid_amount, attempt.owed_amount) == (Decimal("9.50"), PAID)
    with pytest.raises(review.NotCreditable):
        review.accept(
            attempt=attempt, act=Act(UserFactory(), shop.at, reason=REASON), is_after_refusal=True
        )
    give_back(shop, attempt)
    follow(shop)
    assert books(1030, 2340) == [0, 0]


def test_a_notice_after_the_refusal_credits_nothing(shop):
    attempt = refused(shop)

    shop.notify(shop.notices(attempt)[0], value_c="again")

    assert (shop.state(attempt), Payment.objects.count()) == ("REFUSED", 0)


def test_above_the_limit_a_second_person_is_asked(shop):
    Company.objects.update(refund_limit_amount=Decimal("1000.00"))
    Company.forget_cached()
    attempt = refused(shop)

    asked = give_back(shop, attempt)
    assert (asked.document, books(2340)) == (None, [-PAID])
    approvals.approve(
        approval=Approval.objects.get(), act=Act(UserFactory(), shop.at, on=shop.at.date())
    )
    assert books(2340) == [0]
    assert GatewayRefund.objects.get().amount == PAID


def test_a_payout_pays_it_out_and_takes_it_back_and_comes_to_zero(shop):
    attempt, account, clerk = refused(shop), bank_account(), UserFactory()
    names = row(attempt.gateway_reference, "1150.00", "0.00", "1150.00")
    first = taken_in(account, clerk, names, at=shop.at, provider="SSLCOMMERZ")
    payouts.book(payout=first, act=Act(clerk, shop.at))
    assert (first.lines.get().state, first.lines.get().attempt) == ("KNOWN", attempt)
    assert books(1030, 2330) == [0, 0]

    give_back(shop, attempt)
    assert books(1030) == [-PAID]
    back = row(attempt.gateway_reference, "-1150.00", "0.00", "-1150.00")
    more = row("SOMEBODY", "2000.00", "0.00", "2000.00")
    second = taken_in(
        account, clerk, back, more, at=shop.at, provider="SSLCOMMERZ", reference="PO-2"
    )
    payouts.book(payout=second, act=Act(clerk, shop.at))

    assert SettlementLine.objects.get(is_chargeback=True).became == "EXPLAINED"
    assert books(1030, 2340) == [0, 0]
    assert [one.check for one in proofs.check_all()] == []


def test_paid_out_before_it_was_refused_it_is_recognised(shop):
    attempt, account, clerk = shop.start(), bank_account(), UserFactory()
    shop.press(attempt, "risk")
    shop.notify(shop.notices(attempt)[0])
    attempt.refresh_from_db()
    names = row(attempt.gateway_reference, "1150.00", "0.00", "1150.00")
    payout = taken_in(account, clerk, names, at=shop.at, provider="SSLCOMMERZ")
    payouts.book(payout=payout, act=Act(clerk, shop.at))
    assert books(2330) == [-PAID]

    review.refuse(attempt=attempt, act=Act(clerk, shop.at, reason=REASON))
    assert recognising.recognise(act=Act(None, shop.at)) == 1

    assert books(1030, 2330, 2340) == [0, 0, -PAID]


@pytest.mark.slow
def test_eight_people_send_it_back_once(shop):
    attempt = refused(shop)

    at_once(8, lambda: give_back(shop, attempt))

    assert GatewayRefund.objects.count() == 1
    assert books(1030, 2340) == [0, 0]


def test_the_page_of_the_try_offers_what_can_be_done(shop):
    attempt = refused(shop)
    shop.client.force_login(UserFactory(role=User.Role.OWNER))
    page, act = (
        reverse(f"staff_payments:{name}", args=[attempt.order])
        for name in ("checkout", "checkout-give-back")
    )
    text = " ".join(shop.client.get(page).content.decode().split())
    assert "is owed back" in text
    assert "Credit what was paid" in text
    work = shop.client.get(reverse("staff:tile", args=["work"])).context["items"]
    assert [one["count"] for one in work if one["label"] == "Online payments to decide"] == [1]

    assert "goes back the way it came" in shop.client.get(act).content.decode()
    assert shop.client.post(act, {"reason": "short"}).status_code == 422
    assert shop.client.post(act, {"reason": REASON}).status_code == 302

    after = " ".join(shop.client.get(page).content.decode().split())
    assert "is owed back" not in after
    assert "To be sent" in after
    again = shop.client.post(f"{act}?by=hand", {"reason": REASON, "reference": "R1"})
    assert again.status_code == 422


def test_the_proof_of_what_is_owed_back_bites(shop):
    refused(shop)
    assert [one.check for one in proofs.check_all()] == []

    for wrong, right in (("owed_amount = 1", "owed_amount = 1150"),):
        with owner_connection(autocommit=True) as owner:
            owner.execute("SET session_replication_role = replica")
            owner.execute(f"UPDATE payments_paymentattempt SET {wrong}")
        assert "what_was_not_accepted_is_owed_back" in [one.check for one in proofs.check_all()]
        with owner_connection(autocommit=True) as owner:
            owner.execute("SET session_replication_role = replica")
            owner.execute(f"UPDATE payments_paymentattempt SET {right}")
    assert PaymentAttempt.objects.get().owed_amount == PAID
