"""Disputes, stopped mandates and refused lines stand in the day's work until dealt with."""

from datetime import date
from decimal import Decimal

import pytest

from billing.allocation.models import Payment
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.reports.queries import work
from payments.debits.models import DebitStatementLine
from payments.debits.services import mandates, statements
from payments.debits.services.deciding import settle_dispute
from payments.referrals.models import ReferralReward
from payments.referrals.services import referral_rewards
from resellers.models import Commission, CommissionBack
from tests.factories import debits
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, ReferralFactory
from tests.factories.payments import open_invoice
from tests.factories.resellers import ResellerFactory
from tests.laws import at_once
from tests.payments.debits.test_journey import collected
from tests.payments.debits.test_pages import url

pytestmark = pytest.mark.django_db(transaction=True)

WHY = "agreed with the customer by phone"


@pytest.fixture
def owner(client):
    owner = UserFactory(role="OWNER")
    client.force_login(owner)
    return owner


def to_do(owner):
    found = work.today(user=owner, on=clock.today(), at=clock.now())
    return next(one.count for one in found if one.key == "debit-decisions")


def disputed(bank):
    mandate, _invoice = collected(bank)
    bank.result(debits.only_order(mandate.customer), "30")
    bank.go_to(date(2026, 3, 9))
    debits.followed(bank)
    mandate.refresh_from_db()
    return mandate


def test_a_dispute_and_its_mandate_wait_for_somebody(bank, client, owner):
    mandate = disputed(bank)
    order = debits.only_order(mandate.customer)
    page = client.get(url("debit-batches")).content.decode()

    assert to_do(owner) == 2
    assert mandate.customer.name in page
    assert "needed: A new mandate" in page
    assert client.get(url("debit-settled", order.pk)).status_code == 200
    assert client.post(url("debit-settled", order.pk), {"reason": "no"}).status_code == 422
    client.post(url("debit-settled", order.pk), {"reason": WHY})
    assert to_do(owner) == 1
    assert client.post(url("debit-settled", order.pk), {"reason": WHY}).status_code == 422
    mandates.cancel(mandate=mandate, act=Act(owner, bank.at, reason=WHY))
    assert to_do(owner) == 0
    assert 'id="debit-todo"' not in client.get(url("debit-batches")).content.decode()


def test_a_new_mandate_of_the_customer_ends_the_waiting(bank, owner):
    mandate = disputed(bank)
    settle_dispute(order=debits.only_order(mandate.customer), act=Act(owner, bank.at, reason=WHY))
    assert to_do(owner) == 1
    debits.requested(bank, mandate.customer, number="4000000020")

    assert to_do(owner) == 0


def test_what_was_collected_twice_is_held_and_not_paid_twice(bank, owner):
    """F-36: the bank's second line for the same debit."""
    mandate, _invoice = collected(bank)
    order = debits.only_order(mandate.customer)
    twin = DebitStatementLine.objects.create(
        statement_date=date(2026, 3, 6),
        transaction_id="twin",
        code="TDD",
        effect_amount=order.amount,
        reference=order.reference,
        imported_at=bank.at,
    )
    statements.follow(at=bank.at)
    statements.follow(at=bank.at)

    twin.refresh_from_db()
    assert (twin.outcome, twin.note) == ("HELD", "Collected twice: pay it back.")
    assert Payment.objects.count() == 1
    assert to_do(owner) == 1
    assert at_once.broken() == []


def test_a_bounced_debit_takes_the_commission_and_the_reward_back_once(bank):
    """F-36: bounced after the share and the referral's reward were booked."""
    Company.objects.update(rewards_referrals=True)
    Company.forget_cached()
    friend = CustomerFactory(
        name="Thandi Nkosi",
        phone="+27825551234",
        reseller_id=ResellerFactory(commission_rate=Decimal("0.10")).pk,
    )
    referral = ReferralFactory(referred=friend)
    debits.active(bank, friend)
    open_invoice(friend, "1150.00", due=date(2026, 3, 4))
    debits.processed(bank)
    bank.go_to(date(2026, 3, 6))
    debits.followed(bank)
    assert referral_rewards.settle_all(at=bank.at) == 1
    assert Commission.objects.get().amount == Decimal("115.00")

    bank.result(debits.only_order(friend), "02")
    bank.go_to(date(2026, 3, 9))
    debits.followed(bank)
    for _again in range(2):
        referral_rewards.settle_all(at=bank.at)
        statements.follow(at=bank.at)

    back = CommissionBack.objects.get()
    assert (back.commission.amount, back.amount) == (Decimal("115.00"), Decimal("115.00"))
    reward = ReferralReward.objects.get()
    referral.refresh_from_db()
    assert (reward.payment.status, referral.status) == ("REVERSED", "PENDING")
    assert at_once.broken() == []
