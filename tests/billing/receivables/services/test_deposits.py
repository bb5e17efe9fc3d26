"""Security held: owed to the customer, never overdrawn, used and paid back on paper."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError
from django.db.models import Sum

from billing.allocation.models import Payment
from billing.approvals.services import approvals
from billing.ledger.models import Posting
from billing.receivables.models import Deposit, DepositMove
from billing.receivables.services import deposits, reversal
from customers.models import AccountState
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.reports.queries import proofs
from tests.billing.receivables.services.test_rivals import rivals
from tests.database import owner_connection
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)
REASON = "router lent to the customer"


@pytest.fixture(autouse=True)
def _proven():
    yield
    assert [finding.check for finding in proofs.check_all()] == []


@pytest.fixture
def clerk():
    return UserFactory()


def take(customer, at, actor, amount="2000.00"):
    return deposits.take(
        customer=customer,
        amount=Decimal(amount),
        method="CASH",
        reference="",
        act=Act(actor, at, on=ON, reason=REASON),
    )


def use(customer, at, actor, amount):
    return deposits.apply(
        customer=customer, amount=Decimal(amount), act=Act(actor, at, on=ON, reason=REASON)
    )


def give_back(customer, at, actor, amount):
    return deposits.give_back(
        customer=customer,
        amount=Decimal(amount),
        method="BKASH",
        reference="TRX1",
        act=Act(actor, at, on=ON, reason=REASON),
    )


def owed():
    return -Posting.objects.filter(account_id=2300).aggregate(sum=Sum("amount"))["sum"]


def test_a_deposit_is_owed_to_the_customer_and_pays_no_bill_by_itself(at, clerk):
    customer = CustomerFactory()
    open_invoice(customer, "500.00")

    move = take(customer, at, clerk)

    assert move.number == "DEP-2026-00001"
    assert deposits.held(customer.pk) == owed() == Decimal(2000)
    assert AccountState.objects.get(customer=customer).balance_amount == Decimal(500)


def test_used_for_bills_it_is_a_payment_from_the_deposit(at, clerk):
    customer = CustomerFactory()
    invoice = open_invoice(customer, "500.00")
    take(customer, at, clerk)

    move = use(customer, at, clerk, "500.00")

    invoice.refresh_from_db()
    assert invoice.is_paid
    assert (move.payment.method, move.payment.receipt_number) == ("DEPOSIT", "RCP-2026-00001")
    assert deposits.held(customer.pk) == owed() == Decimal(1500)


def test_a_reversed_use_is_put_back(at, clerk):
    customer = CustomerFactory()
    open_invoice(customer, "500.00")
    take(customer, at, clerk)
    move = use(customer, at, clerk, "500.00")

    reversal.reverse(payment=move.payment, act=Act(clerk, at, reason="wrong customer"))

    assert deposits.held(customer.pk) == owed() == Decimal(2000)
    assert DepositMove.objects.filter(kind="PUT_BACK").count() == 1


def test_it_is_paid_back(at, clerk):
    customer = CustomerFactory()
    take(customer, at, clerk)

    move = give_back(customer, at, clerk, "2000.00").document

    assert move.kind == "RETURNED"
    assert deposits.held(customer.pk) == owed() == 0


def test_a_large_one_is_paid_back_by_two(at, clerk):
    Company.current()
    Company.objects.update(deposit_limit_amount=Decimal(100))
    Company.forget_cached()
    customer = CustomerFactory()
    take(customer, at, clerk)
    approval = give_back(customer, at, clerk, "2000.00").approval

    approvals.approve(approval=approval, act=Act(UserFactory(), at, on=ON))

    assert deposits.held(customer.pk) == 0


@pytest.mark.parametrize("amount", ["2000.01", "0.00", "-5.00"])
def test_more_than_is_held_is_refused(at, clerk, amount):
    customer = CustomerFactory()
    open_invoice(customer, "5000.00")
    take(customer, at, clerk)

    with pytest.raises(deposits.DomainError):
        use(customer, at, clerk, amount)
    with pytest.raises(deposits.DomainError):
        give_back(customer, at, clerk, amount)


def test_more_than_is_owed_is_not_used(at, clerk):
    customer = CustomerFactory()
    open_invoice(customer, "100.00")
    take(customer, at, clerk)

    with pytest.raises(deposits.NotThatMuch):
        use(customer, at, clerk, "100.01")


def test_eight_rivals_paying_back_never_overdraw(at, clerk):
    customer = CustomerFactory()
    take(customer, at, clerk)

    results, errors = rivals(8, lambda _number: give_back(customer, at, clerk, "700.00"))

    assert len(results) == 2
    assert [type(error).__name__ for error in errors] == ["NotThatMuch"] * 6
    assert deposits.held(customer.pk) == Decimal(600)


def test_the_database_refuses_to_overdraw_and_to_edit(at, clerk):
    customer = CustomerFactory()
    move = take(customer, at, clerk)
    values = {
        "number": "DEP-2026-00002",
        "customer": customer,
        "branch": customer.branch,
        "amount": Decimal("2000.01"),
        "currency": "BDT",
        "reason": REASON,
        "moved_on": ON,
        "moved_at": at,
    }

    with pytest.raises(IntegrityError, match="deposit_is_not_overdrawn"):
        DepositMove.objects.create(kind="RETURNED", method="CASH", **values)
    with pytest.raises(DatabaseError):
        DepositMove.objects.filter(pk=move.pk).update(amount=1)
    with pytest.raises(DatabaseError, match="moved by its documents only"):
        Deposit.objects.update(held_amount=5)
    with pytest.raises(IntegrityError, match="deposit_move_is_money_or_payment"):
        DepositMove.objects.create(kind="APPLIED", **values)
    assert not Payment.objects.exists()


@pytest.mark.without_guards
def test_without_its_trigger_the_nightly_check_finds_it(at, clerk):
    customer = CustomerFactory()
    with owner_connection(autocommit=True) as owner:
        owner.execute("ALTER TABLE billing_depositmove DISABLE TRIGGER deposit_moves")
        try:
            take(customer, at, clerk)
            assert {f.check for f in proofs.check_all()} == {
                "deposits_add_up",
                "nothing_is_switched_off",
            }
        finally:
            owner.execute("SET session_replication_role = replica")
            owner.execute("DELETE FROM billing_depositmove; DELETE FROM billing_posting")
            owner.execute("DELETE FROM billing_journalentry; DELETE FROM billing_cashmove")
            owner.execute("UPDATE billing_shift SET taken_amount = 0, held_amount = 0")
            owner.execute("ALTER TABLE billing_depositmove ENABLE TRIGGER deposit_moves")
