"""Payouts: what was approved and no more, a second person above the limit, claims deducted."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db.models import Sum

from billing.ledger.models import Posting
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from ispbill.core.errors import Stale
from ispbill.core.models import Company
from payments.desk.services import reversing
from resellers.models import Commission, CommissionBack, Payout
from resellers.services import commissions, payouts
from tests.factories.accounts import UserFactory
from tests.factories.acts import acting
from tests.factories.resellers import CommissionFactory, ResellerFactory
from tests.laws import at_once as every_proof
from tests.rivals import at_once

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 1, 11, 4, 0, tzinfo=UTC)
WHY = "the cheque behind it bounced"


@pytest.fixture
def owner():
    return UserFactory(role="OWNER")


@pytest.fixture
def reseller():
    return ResellerFactory()


def approved(reseller, owner, *amounts):
    """Approved commissions of payments of these amounts (a tenth of each)."""
    found = [CommissionFactory(reseller=reseller, paid=amount) for amount in amounts]
    commissions.approve(commission_ids=[one.pk for one in found], act=Act(owner, AT))
    return found


def record(reseller, owner, **more):
    given = {"method": "EFT", "reference": "FT-77", "on": AT.date(), "at": AT, **more}
    return payouts.record(reseller=reseller, **acting(actor=owner, **given))


def books(*accounts):
    sums = dict(
        Posting.objects.values_list("account").annotate(sum=Sum("amount")).order_by("account")
    )
    return [sums.get(account, 0) for account in accounts]


def limit(amount):
    Company.current()
    Company.objects.update(payout_limit_amount=amount)
    Company.forget_cached()


def states(found):
    return [Commission.objects.get(pk=one.pk).status for one in found]


def test_approved_commissions_are_paid_together_and_booked(reseller, owner):
    found = approved(reseller, owner, "1000.00", "500.00")
    CommissionFactory(reseller=reseller, paid="700.00")  # not approved

    payout = record(reseller, owner)

    assert (payout.number, payout.amount, payout.status) == (
        "PO-2026-00001",
        Decimal("150.00"),
        "PAID",
    )
    assert states(found) == ["PAID", "PAID"]
    assert books(5410, 2350, 1010) == [Decimal("220.00"), Decimal("-70.00"), Decimal("-150.00")]
    assert [e.action for e in AuditEvent.objects.filter(target_type="payout").order_by("pk")] == [
        "payout.prepared",
        "payout.paid",
    ]
    assert every_proof.broken() == []


def test_nothing_approved_is_nothing_to_pay(reseller, owner):
    CommissionFactory(reseller=reseller)

    with pytest.raises(payouts.NothingToPay):
        record(reseller, owner)


def test_cash_paid_out_leaves_the_till(reseller, owner):
    approved(reseller, owner, "1000.00")

    record(reseller, owner, method="CASH")

    assert books(1000) == [Decimal("1000.00") - Decimal("100.00")]
    assert every_proof.broken() == []


def test_above_the_limit_somebody_else_has_to_approve(reseller, owner):
    limit("99.99")
    found = approved(reseller, owner, "1000.00")
    payout = record(reseller, owner)
    other = UserFactory(role="BILLING")

    assert (payout.status, states(found), books(1010)) == ("WAITING", ["APPROVED"], [0])
    with pytest.raises(payouts.AlreadyPrepared):
        record(reseller, owner)
    with pytest.raises(payouts.OwnPayout):
        payouts.approve(payout=payout, act=Act(owner, AT, on=AT.date()))
    payouts.approve(payout=payout, act=Act(other, AT, on=AT.date()))
    assert (states(found), books(1010)) == (["PAID"], [Decimal("-100.00")])
    with pytest.raises(payouts.NotWaiting):
        payouts.approve(payout=payout, act=Act(other, AT, on=AT.date()))
    assert every_proof.broken() == []


def test_a_withdrawn_payout_leaves_its_commissions_approved(reseller, owner):
    limit("0.00")
    found = approved(reseller, owner, "1000.00")

    payouts.withdraw(payout=record(reseller, owner), act=Act(owner, AT))

    assert (states(found), Commission.objects.get().payout) == (["APPROVED"], None)
    assert record(reseller, owner).number == "PO-2026-00002"
    assert every_proof.broken() == []


def test_a_payment_reversed_while_a_payout_waits_withdraws_it(reseller, owner):
    limit("0.00")
    first, _second = approved(reseller, owner, "1000.00", "500.00")
    payout = record(reseller, owner)
    reversing.reverse(payment=first.payment, act=Act(None, AT, reason=WHY))

    with pytest.raises(Stale):
        payouts.approve(payout=payout, act=Act(UserFactory(role="BILLING"), AT, on=AT.date()))

    payout.refresh_from_db()
    assert (payout.status, CommissionBack.objects.get().is_claim) == ("WITHDRAWN", False)
    again = record(reseller, owner)
    payouts.approve(payout=again, act=Act(UserFactory(role="BILLING"), AT, on=AT.date()))
    assert (again.amount, books(1010)) == (Decimal("50.00"), [Decimal("-50.00")])
    assert every_proof.broken() == []


def test_what_goes_back_after_it_was_paid_is_claimed_from_the_next_payout(reseller, owner):
    (first,) = approved(reseller, owner, "1000.00")
    record(reseller, owner)
    reversing.reverse(payment=first.payment, act=Act(None, AT, reason=WHY))
    claim = CommissionBack.objects.get()
    assert (claim.is_claim, claim.amount, states([first])) == (
        True,
        Decimal("100.00"),
        ["REVERSED"],
    )
    assert books(2350) == [Decimal("100.00")]  # the reseller owes it

    approved(reseller, owner, "800.00")
    with pytest.raises(payouts.NothingToPay):
        record(reseller, owner)
    approved(reseller, owner, "700.00")
    payout = record(reseller, owner)

    claim.refresh_from_db()
    assert (payout.earned_amount, payout.claimed_amount, payout.amount, claim.payout) == (
        Decimal("150.00"),
        Decimal("100.00"),
        Decimal("50.00"),
        payout,
    )
    assert books(2350, 1010) == [0, Decimal("-150.00")]
    assert every_proof.broken() == []


def test_the_amount_somebody_saw_is_the_amount_that_is_paid(reseller, owner):
    approved(reseller, owner, "1000.00")

    with pytest.raises(Stale):
        record(reseller, owner, expected=Decimal("99.00"))

    assert not Payout.objects.exists()


@pytest.mark.slow
def test_eight_clerks_pay_a_reseller_once(reseller, owner):
    found = approved(reseller, owner, "1000.00", "500.00")
    results = at_once(8, lambda: record(reseller, owner).amount)

    assert results.count(Decimal("150.00")) == 1
    assert set(results) == {Decimal("150.00"), "NothingToPay"}
    assert (states(found), books(1010)) == (["PAID", "PAID"], [Decimal("-150.00")])


@pytest.mark.slow
def test_paying_out_and_taking_back_at_once_end_even(reseller, owner):
    """Whoever is first: it is taken off, or it is a claim; never both, never neither."""
    found = approved(reseller, owner, *["1000.00"] * 8)
    deeds = [lambda: record(reseller, owner)] + [
        lambda one=one: reversing.reverse(payment=one.payment, act=Act(None, AT, reason=WHY))
        for one in found[:7]
    ]

    at_once(8, *deeds)

    paid = sum(Payout.objects.filter(status="PAID").values_list("amount", flat=True))
    claims = sum(CommissionBack.objects.filter(is_claim=True).values_list("amount", flat=True))
    assert paid - claims == Decimal("100.00")
    assert every_proof.broken() == []
