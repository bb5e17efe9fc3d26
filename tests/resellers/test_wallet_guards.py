"""Every guard of wallets and moves bears load: what it writes or refuses is not so without it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connections

from ispbill.core.acts import Act
from resellers.services import collecting
from tests import database
from tests.factories.customers import CustomerFactory
from tests.factories.payments import paid
from tests.factories.resellers import ResellerFactory, TransferFactory
from tests.laws.guarding import outcome
from tests.laws.violations import Refused, Written, clone

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.without_guards]
AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
IN_WALLETS = "SELECT sum(balance_amount) FROM resellers_wallet"
HELD = "SELECT sum(held_amount) FROM resellers_wallet"
WHOSE = "SELECT array_agg(reseller_id ORDER BY id) FROM resellers_resellerassignment"
MOVE = (
    'INSERT INTO resellers_walletmove (reseller_id, pocket, kind, amount, after_amount, at, "on")'
    " SELECT id, 'WALLET', '{kind}', {amount}, 0, now(), '2026-01-10'"
    " FROM resellers_reseller WHERE kind = 'PREPAID'"
)

VIOLATIONS = {
    ("billing_payment", "partner_money_follows"): Written(
        ("UPDATE billing_payment SET status = 'REVERSED', reversed_at = now(),"
         " reversal_reason = 'typed for another one' WHERE account_no = 1160",), HELD,
    ),
    ("resellers_commission", "share_credited"): Written(
        ("INSERT INTO resellers_commission (kind, month, reseller_id, branch_id, base_amount,"
         " tax_rate, rate, amount, currency, status, earned_on, earned_at)"
         " SELECT 'BONUS', '2026-01-01', id, branch_id, 100, 0, 0.1, 10, 'BDT', 'CREDITED',"
         " '2026-02-03', now() FROM resellers_reseller WHERE kind = 'PREPAID'",), IN_WALLETS,
    ),
    ("resellers_commissionback", "share_taken_back"): Written(
        ("INSERT INTO resellers_commissionback (commission_id, reseller_id, amount, left_amount,"
         " is_claim, taken_on, taken_at) SELECT id, reseller_id, 1, 1, false, '2026-01-11', now()"
         " FROM resellers_commission WHERE status = 'CREDITED'",), IN_WALLETS,
    ),
    ("resellers_walletmove", "wallet_moves"): Written(
        (MOVE.format(kind="TOPUP", amount=5),), IN_WALLETS
    ),
    ("resellers_walletmove", "wallet_limit_checked"): Refused(
        (MOVE.format(kind="PAYMENT", amount=-99999), "SET CONSTRAINTS ALL IMMEDIATE"),
        "wallet_within_its_limit",
    ),
    ("resellers_wallet", "wallet_kept"): Refused(
        ("UPDATE resellers_wallet SET balance_amount = 1",), "wallet_moved_by_its_moves"
    ),
    ("resellers_transfer", "transfer_moves"): Refused(
        ("UPDATE resellers_transfer SET amount = amount + 1",), "transfer_is_decided_once"
    ),
    ("customers_customer", "reseller_begins"): Written(
        (clone("customers_customer", "reseller_id IS NOT NULL", id="900001",
               number="'CT-2026-90001'::text", phone="'+8801711999999'::text",
               seal_id="gen_random_uuid()"),),
        WHOSE,
    ),
    ("customers_customer", "reseller_follows"): Written(
        ("UPDATE customers_customer SET reseller_id = NULL WHERE reseller_id IS NOT NULL",), WHOSE
    ),
}  # fmt: skip


@pytest.fixture
def owner():
    holding = ResellerFactory()
    collecting.collect(
        reseller=holding,
        customer=CustomerFactory(reseller_id=holding.pk),
        amount=Decimal("100.00"),
        key="held",
        act=Act(holding.user, AT),
    )
    paying = ResellerFactory(kind="PREPAID")
    TransferFactory(reseller=paying)
    paid(CustomerFactory(reseller_id=paying.pk), "500.00", at=AT, method="BKASH", reference="TX")
    connections["default"].close()
    with database.owner_connection() as connection:
        yield connection


def test_each_guard_is_missed(owner):
    idle = []
    for place, one in VIOLATIONS.items():
        query = one.query if isinstance(one, Written) else None
        with_it = outcome(owner, one.statements, query=query)
        without = outcome(owner, one.statements, without=[place], query=query)
        if isinstance(one, Refused):
            bites = one.constraint in with_it and without == ""
        else:
            bites = with_it != without and "refused" not in with_it + without
        if not bites:
            idle.append((place, with_it, without))

    assert idle == []
