"""Every proof of partners' money finds what it is there for: broken by hand, it is named."""

from datetime import UTC, datetime

import pytest
from django.db import connections

from ispbill.reports.queries import partner_proofs
from tests import database
from tests.factories.payments import rewarded
from tests.factories.resellers import CommissionBackFactory, PayoutFactory, TransferFactory
from tests.resellers import test_starts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.without_guards]
AT = datetime(2026, 1, 11, 4, 0, tzinfo=UTC)

BREAKS = {
    "commissions_are_owed":
        "UPDATE billing_posting SET amount = amount + 1 WHERE account_id = 2350",
    "commissions_follow_payments":
        "UPDATE resellers_commission SET amount = amount + 1 WHERE status = 'PAID'",
    "starts_are_borne":
        "UPDATE resellers_commission SET clawed_back_amount = 1 WHERE kind = 'START'",
    "wallets_are_owed":
        "UPDATE resellers_wallet SET balance_amount = balance_amount + 1",
    "held_money_is_accounted_for":
        "UPDATE resellers_wallet SET held_amount = held_amount + 1",
    "payouts_are_earned": "UPDATE resellers_commission SET paid_amount = paid_amount / 2",
    "payouts_without_gaps": "UPDATE resellers_payout SET number = 'PO-2026-00007'",
    "referral_rewards_are_booked":
        "UPDATE billing_posting SET account_id = 4000 WHERE account_id = 5400",
    "referrals_are_rewarded_once":
        "UPDATE customers_referral SET status = 'PENDING', credited_at = NULL",
}  # fmt: skip


def asked_of(owner, name):
    query = partner_proofs.CHECKS[name][1].replace("%%", "%")
    return owner.execute(f"SELECT count(*) FROM ({query}) q").fetchone()[0]


def test_each_proof_finds_what_it_is_there_for_and_nothing_before():
    PayoutFactory()
    TransferFactory()
    CommissionBackFactory()
    rewarded(at=AT)
    test_starts.pay(test_starts.started(test_starts.partner()))
    test_starts.night()
    connections["default"].close()
    blind, early = [], []
    with database.owner_connection() as owner:
        owner.execute("SET session_replication_role = replica")
        owner.commit()
        for name, statement in BREAKS.items():
            if asked_of(owner, name):
                early.append(name)
            owner.execute(statement)
            if not asked_of(owner, name):
                blind.append(name)
            owner.rollback()

    assert (early, blind) == ([], [])
    assert set(BREAKS) == set(partner_proofs.CHECKS)
