"""Every guard of partners' money bears load: the violation is refused, and goes in without it."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connections

from tests import database
from tests.factories.accounts import UserFactory
from tests.factories.payments import rewarded
from tests.factories.resellers import CommissionBackFactory, CommissionFactory, PayoutFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.without_guards]
AT = datetime(2026, 1, 11, 4, 0, tzinfo=UTC)
KEPT = "resellers_commission", "commission_moves"
BACK = "resellers_commissionback", "commission_back_begins"
PAYOUT = "resellers_payout", "payout_moves"
REWARD = "payments_referralreward", "referral_reward_holds"
ONE = "id = (SELECT min(id) FROM resellers_commission WHERE status = 'ACCRUED')"

# name: (guard, statements, what refuses)
VIOLATIONS = {
    "another day": (
        KEPT, ("UPDATE resellers_commission SET earned_on = earned_on + 1",), "commission_is_frozen"
    ),
    "removed": (KEPT, (f"DELETE FROM resellers_commission WHERE {ONE}",), "commission_is_kept"),
    "approved again": (
        KEPT,
        ("UPDATE resellers_commission SET status = 'ACCRUED', payout_id = NULL, paid_amount = NULL"
         " WHERE status = 'PAID'",), "",
    ),
    "reversed by hand": (
        KEPT, (f"UPDATE resellers_commission SET clawed_back_amount = 1 WHERE {ONE}",),
        "commission_clawed_back_by_documents",
    ),
    "paid without a payout of its own": (
        KEPT,
        (f"UPDATE resellers_commission SET status = 'APPROVED' WHERE {ONE}",
         "UPDATE resellers_commission SET payout_id = (SELECT min(id) FROM resellers_payout)"
         " WHERE status = 'APPROVED'"),
        "commission_paid_by_a_payout",
    ),
    "deducted twice": (
        BACK,
        ("UPDATE resellers_commissionback SET payout_id = (SELECT min(id) FROM resellers_payout),"
         " is_claim = true",),
        "commission_back_is_frozen",
    ),
    "a payout with other words": (
        PAYOUT, ("UPDATE resellers_payout SET note = 'another'",), "payout_is_decided_once"
    ),
    "a reward of the other side": (
        REWARD, ("UPDATE payments_referralreward SET side = 'FRIEND'",),
        "referral_reward_as_agreed",
    ),
}  # fmt: skip


@pytest.fixture
def owner():
    PayoutFactory()
    CommissionFactory()
    CommissionBackFactory()
    rewarded(at=AT)
    UserFactory(role="BILLING")
    connections["default"].close()
    with database.owner_connection() as connection:
        yield connection


def outcome(owner, statements, *, without=()):
    try:
        for table, name in without:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        for statement in statements:
            owner.execute(statement)
        owner.execute("SET CONSTRAINTS payout_proven IMMEDIATE")
        return ""
    except psycopg.Error as error:
        return error.diag.constraint_name or str(error)
    finally:
        owner.rollback()


def test_each_violation_goes_in_only_without_its_guard(owner):
    idle = []
    for name, (guard, statements, constraint) in VIOLATIONS.items():
        with_it = outcome(owner, statements)
        without = outcome(owner, statements, without=[guard])
        if not with_it or constraint not in with_it or without:
            idle.append((name, with_it, without))

    assert idle == []


SECOND = (
    "UPDATE resellers_commission SET status = 'APPROVED' WHERE status = 'ACCRUED'",
    "INSERT INTO resellers_payout (number, reseller_id, branch_id, earned_amount, claimed_amount,"
    " amount, currency, method, reference, note, status, needs_second, prepared_by_id, prepared_at)"
    " SELECT 'PO-2026-00009', reseller_id, branch_id, {amount}, 0, {amount}, 'BDT', 'EFT', '', '',"
    " 'WAITING', false, (SELECT min(id) FROM accounts_user), now() FROM resellers_commission"
    " WHERE status = 'APPROVED'",
    "UPDATE resellers_payout SET status = 'PAID', decided_by_id = prepared_by_id,"
    " decided_at = now(), paid_on = '2026-01-11' WHERE number = 'PO-2026-00009'",
    "UPDATE resellers_commission SET status = 'PAID', paid_amount = amount - clawed_back_amount,"
    " payout_id = (SELECT id FROM resellers_payout WHERE number = 'PO-2026-00009')"
    " WHERE status = 'APPROVED'",
)


def test_a_payout_is_the_sum_of_what_it_pays_because_of_its_triggers(owner):
    right = [statement.format(amount=100) for statement in SECOND]
    wrong = [statement.format(amount=150) for statement in SECOND]
    whole = "resellers_commission", "commissions_paid_whole"
    proven = "resellers_payout", "payout_proven"

    assert outcome(owner, right) == ""
    assert outcome(owner, wrong) == "commissions_paid_whole"
    assert outcome(owner, wrong, without=[whole]) == "payout_is_the_sum_of_its_parts"
    assert outcome(owner, wrong[:3]) == "payout_is_the_sum_of_its_parts"
    assert outcome(owner, wrong[:3], without=[proven]) == ""
    assert outcome(owner, wrong, without=[whole, proven]) == ""


def test_nobody_is_paid_more_than_was_earned_because_of_the_proof_at_the_commit(owner):
    """A claim that a payout leaves out is found although the payout is the sum of its parts."""
    owed = (
        "INSERT INTO resellers_commissionback (commission_id, reseller_id, amount, left_amount,"
        " is_claim, taken_on, taken_at) SELECT id, reseller_id, amount, 0, true, '2026-01-11',"
        " now() FROM resellers_commission WHERE status = 'PAID'",
        "SET session_replication_role = replica",
        "UPDATE resellers_commission SET reseller_id = (SELECT reseller_id FROM resellers_payout)",
        "SET session_replication_role = origin",
    )
    statements = [*owed, *(statement.format(amount=100) for statement in SECOND)]

    assert outcome(owner, statements) == "payouts_within_what_was_earned"
    assert outcome(owner, statements, without=[("resellers_payout", "payout_proven")]) == ""


def test_what_is_clawed_back_moves_the_commission_and_is_called_a_claim_when_it_was_paid(owner):
    moves = "resellers_commissionback", "commission_back_moves"
    rows = (
        "INSERT INTO resellers_commissionback (commission_id, reseller_id, amount, left_amount,"
        " is_claim, taken_on, taken_at) SELECT id, reseller_id, 1, 5, false, '2026-01-11', now()"
        " FROM resellers_commission WHERE status IN ('PAID', 'ACCRUED') ORDER BY id"
    )
    found = {}
    for name, without in (("with", []), ("without", [moves]), ("unsaid", [BACK])):
        for table, trigger in without:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        owner.execute(rows)
        found[name] = (
            owner.execute(
                "SELECT array_agg(is_claim ORDER BY id) FROM resellers_commissionback"
                " WHERE left_amount = 5"
            ).fetchone()[0],
            owner.execute(
                "SELECT sum(clawed_back_amount) FROM resellers_commission WHERE status <> "
                "'REVERSED'"
            ).fetchone()[0],
        )
        owner.rollback()

    assert found == {
        "with": ([True, False], 2),
        "without": ([True, False], 0),
        "unsaid": ([False, False], 2),
    }


def test_nobody_truncates_the_money_of_partners(owner):
    tables = [
        "resellers_commission",
        "resellers_commissionback",
        "resellers_payout",
        "payments_referralreward",
    ]
    kept = owner.execute(
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE (tgtype & 32) <> 0"
    ).fetchall()
    owner.rollback()
    for table in tables:
        others = [place for place in kept if place[0] != table]
        assert outcome(owner, [f"TRUNCATE {table} CASCADE"], without=others).endswith("truncate")
        assert outcome(owner, [f"TRUNCATE {table} CASCADE"], without=kept) == ""
