"""The chain over the journal shows any later change, and its totals are what the rows say."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing.ledger.models import LedgerDay, LedgerSeal
from billing.ledger.queries import trial
from billing.ledger.services import ledger_seals
from tests.database import owner_connection
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)
ON = date(2026, 1, 10)


def seal():
    return ledger_seals.seal(on=ON, at=AT)


@pytest.fixture
def two_nights():
    customer = CustomerFactory()
    open_invoice(customer)
    first = seal()
    paid(customer, "400.00", at=AT)
    return first, seal(), customer


def forge(statement):
    with owner_connection() as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(statement)


def test_each_night_continues_the_chain_and_nothing_new_is_nothing_to_do(two_nights):
    one, two = LedgerSeal.objects.order_by("pk")

    assert two_nights[:2] == (1, 1)
    assert (two.previous, two.first_id > one.last_id) == (one.digest, True)
    assert seal() == 0
    assert ledger_seals.broken() == []


@pytest.mark.without_guards
@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE billing_posting SET amount = amount * 2", "is not what was sealed"),
        ("UPDATE billing_journalentry SET posted_on = posted_on + 1", "is not what was sealed"),
        ("UPDATE billing_journalentry SET memo = 'x' WHERE id = 1", "is not what was sealed"),
        ("UPDATE billing_ledgerseal SET previous = 'x' WHERE id = 2", "does not follow"),
        ("DELETE FROM billing_posting; DELETE FROM billing_journalentry", "were sealed, 0 found"),
    ],
)
def test_a_later_change_pauses_the_chain(two_nights, statement, found):
    forge(statement)

    assert any(found in sentence for sentence in ledger_seals.broken())


def test_chunks_are_links_of_the_same_chain(monkeypatch):
    monkeypatch.setattr(ledger_seals, "CHUNK", 2)
    for _number in range(5):
        open_invoice(CustomerFactory())

    assert seal() == 5
    assert LedgerSeal.objects.count() == 3
    assert ledger_seals.broken() == []


def test_balances_are_the_same_before_and_after_sealing():
    customer = CustomerFactory()
    open_invoice(customer)
    paid(customer, "400.00", at=AT)
    span = {"start": date(2026, 1, 5), "end": ON}
    before = trial.trial_balance(**span)
    seal()
    open_invoice(customer, "50.00")
    after = trial.trial_balance(**span)

    receivable = next(one for one in before.balances if one.account.code == 1100)
    again = next(one for one in after.balances if one.account.code == 1100)
    assert (receivable.opening, receivable.moved_in, receivable.moved_out) == (
        Decimal("1150.00"),
        Decimal(0),
        Decimal("400.00"),
    )
    assert (again.opening, again.moved_out) == (Decimal("1200.00"), Decimal("400.00"))
    assert before.is_balanced
    assert after.is_balanced
    assert LedgerDay.objects.count() == 4


def test_a_branch_has_its_own_trial_balance():
    one, other = CustomerFactory(), CustomerFactory()
    open_invoice(one)
    seal()
    open_invoice(other, "50.00")

    sums = [
        trial.trial_balance(end=ON, branch_id=pk).debit
        for pk in (one.branch_id, other.branch_id, None)
    ]
    assert sums == [Decimal("1150.00"), Decimal("50.00"), Decimal("1200.00")]
