"""Thirty-two at once, and random lives: one share, one reward, and never paid more than earned."""

import functools
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from psycopg.types.range import DateRange

from billing.allocation.models import Payment
from billing.ledger.models import Posting
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.reports.queries import partner_proofs, proofs
from payments.desk.services import reversing
from payments.online.services import refunds
from payments.referrals.models import ReferralReward
from payments.referrals.services import referral_rewards
from resellers.models import Commission, Payout, Reseller, ResellerAssignment
from resellers.services import commissions, payouts
from tests import database
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, ReferralFactory
from tests.factories.payments import paid
from tests.factories.resellers import ResellerFactory
from tests.rivals import at_once

AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
WHY = "the cheque behind it bounced"
RIVALS = 32


def broken():
    """The proofs of partners that fail, and those of the books."""
    return [found.check for found in proofs.check_all()]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_thirty_two_notices_of_one_payment_make_one_share_and_one_reward():
    reseller = ResellerFactory()
    referral = ReferralFactory()
    friend = referral.referred
    friend.reseller_id = reseller.pk
    friend.save()
    ResellerAssignment.objects.filter(customer=friend).update(during=DateRange(None, None))

    def notice():
        settled = settlement.settle(
            Asked(
                customer_id=friend.pk,
                amount=Decimal("1150.00"),
                method="BKASH",
                received_by=None,
                received_at=AT,
                key="attempt-1",
                reference="9A1",
                is_repeat_confirmed=True,
                act=Act(None, AT),
            )
        )
        referral_rewards.settle_of(customer_id=friend.pk, at=AT)
        return settled.is_new

    results = at_once(RIVALS, notice)

    assert results.count(True) == 1
    assert Commission.objects.get().amount == Decimal("115.00")
    assert ReferralReward.objects.get().payment.amount == Decimal("200.00")
    assert broken() == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_rewards_and_reversals_at_once_leave_one_or_none():
    referral = ReferralFactory(friend_amount=Decimal("50.00"))
    payment = paid(referral.referred, "1150.00", at=AT)

    def reward():
        return referral_rewards.settle(referral_id=referral.pk, at=AT)

    def undo():
        return reversing.reverse(payment=payment, act=Act(None, AT, reason=WHY)).status

    at_once(8, reward, reward, reward, undo)
    referral_rewards.settle_all(at=AT)

    referral.refresh_from_db()
    assert referral.status == "PENDING"
    assert not ReferralReward.objects.filter(undone_at__isnull=True).exists()
    assert broken() == []


class Lives(RuleBasedStateMachine):
    """Two resellers, customers who pay, are refunded and reversed; clerks who approve and pay."""

    def __init__(self):
        super().__init__()
        database.empty()
        Company.forget_cached()
        Company.current()
        Company.objects.update(payout_limit_amount=Decimal("60.00"))
        Company.forget_cached()
        self.clerk, self.second = UserFactory(role="OWNER"), UserFactory(role="BILLING")
        self.resellers = [ResellerFactory(commission_rate=Decimal(r)) for r in ("0.1", "0.07333")]
        self.customers = [CustomerFactory(reseller_id=r.pk) for r in self.resellers for _i in "ab"]

    @rule(place=st.integers(0, 3), cents=st.integers(10, 200_000))
    def pay(self, place, cents):
        paid(self.customers[place], str(Decimal(cents) / 100), at=AT)

    @rule(pick=st.integers(0, 99))
    def reverse(self, pick):
        completed = list(Payment.objects.filter(status="COMPLETED").order_by("pk"))
        if completed:
            quietly(
                reversing.reverse,
                payment=completed[pick % len(completed)],
                act=Act(None, AT, reason=WHY),
            )

    @rule(place=st.integers(0, 3), cents=st.integers(1, 150_000))
    def refund(self, place, cents):
        quietly(
            refunds.refund,
            customer=self.customers[place],
            amount=Decimal(cents) / 100,
            method="EFT",
            reference="",
            act=Act(self.clerk, AT, on=AT.date(), reason="credit paid out again"),
        )

    @rule(share=st.integers(1, 3))
    def approve(self, share):
        waiting = Commission.objects.filter(status="ACCRUED").order_by("pk")
        ids = list(waiting.values_list("pk", flat=True))
        commissions.approve(commission_ids=ids[::share], act=Act(self.clerk, AT))

    @rule(place=st.integers(0, 1))
    def pay_out(self, place):
        quietly(
            payouts.record,
            reseller=self.resellers[place],
            method="EFT",
            reference="",
            act=Act(self.clerk, AT, on=AT.date()),
        )

    @precondition(lambda self: Payout.objects.filter(status="WAITING").exists())
    @rule(is_paid=st.booleans())
    def decide(self, is_paid):
        payout = Payout.objects.filter(status="WAITING").order_by("pk").first()
        if is_paid:
            quietly(payouts.approve, payout=payout, act=Act(self.second, AT, on=AT.date()))
        else:
            payouts.withdraw(payout=payout, act=Act(self.second, AT))

    @invariant()
    def nobody_is_paid_more_than_was_earned(self):
        for reseller in Reseller.objects.all():
            was_paid = total(Payout.objects.filter(reseller=reseller, status="PAID"), "amount")
            assert was_paid <= total(Commission.objects.filter(reseller=reseller), "amount")

    @invariant()
    def what_is_owed_is_what_was_earned_and_kept_less_what_was_paid(self):
        kept = total(Commission.objects.all(), "amount") - total(
            Commission.objects.all(), "clawed_back_amount"
        )
        was_paid = total(Payout.objects.filter(status="PAID"), "amount")
        owed = -total(Posting.objects.filter(account=2350), "amount")
        assert owed == kept - was_paid
        found = [f.check for f in proofs.check_all() if f.check in partner_proofs.CHECKS]
        assert found == []

    def teardown(self):
        assert broken() == []


def total(rows, column):
    return rows.aggregate(sum=Sum(column))["sum"] or Decimal(0)


def quietly(deed, **given):
    """Do it, or be refused in words."""
    try:
        deed(**given)
    except DomainError as refusal:
        return str(refusal)
    return ""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_random_lives_of_resellers_end_even():
    machine = functools.partial(Lives)
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert User.objects.exists()
