"""Many cashiers at once: nothing is paid twice, nothing is over-allocated, nobody deadlocks."""

import threading
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from billing.allocation.models import Allocation, Payment
from billing.allocation.services import credit
from billing.receivables.services import admission, reversal, settlement
from billing.receivables.services.admission import Asked
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from tests.database import owner_connection
from tests.factories.acts import acting
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)


def rivals(count, work):
    """Run `work(number)` on `count` threads that start together; return results and errors."""
    start = threading.Barrier(count)
    results, errors = [], []

    def run(number):
        try:
            start.wait(timeout=20)
            results.append(work(number))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results, errors


def settle(customer, at, key, amount="1000.00"):
    return settlement.settle(
        Asked(
            customer_id=customer.pk,
            amount=Decimal(amount),
            method="CASH",
            received_by=None,
            received_at=at,
            key=key,
            is_repeat_confirmed=True,
            act=Act(None, at),
        )
    )


def test_twelve_rivals_paying_one_invoice_never_over_allocate_it(at):
    customer = CustomerFactory()
    invoice = open_invoice(customer, "1000.00")

    results, errors = rivals(12, lambda number: settle(customer, at, f"key-{number}"))

    invoice.refresh_from_db()
    assert errors == []
    assert len(results) == 12
    assert invoice.paid_amount == Decimal("1000.00")
    held = Allocation.objects.aggregate(amount=Sum("amount"))["amount"]
    assert held == Decimal("1000.00")
    numbers = sorted(Payment.objects.values_list("receipt_number", flat=True))
    assert numbers == [f"RCP-2026-{n:05d}" for n in range(1, 13)]


def test_one_key_sixteen_times_is_one_payment(at):
    customer = CustomerFactory()
    open_invoice(customer, "1000.00")

    results, errors = rivals(16, lambda _number: settle(customer, at, "one"))

    assert errors == []
    assert sorted(result.is_new for result in results) == [False] * 15 + [True]
    assert len({result.payment.pk for result in results}) == 1
    assert Payment.objects.count() == 1


def test_one_key_for_eight_customers_is_one_payment_and_seven_refusals(at):
    customers = [CustomerFactory() for _n in range(8)]

    results, errors = rivals(8, lambda number: settle(customers[number], at, "one"))

    assert len(results) == 1
    assert [type(error).__name__ for error in errors] == ["KeyReused"] * 7
    assert Payment.objects.get().receipt_number == "RCP-2026-00001"


def test_eight_rivals_asking_about_a_repeat_take_one_payment(at):
    customer = CustomerFactory()

    def work(number):
        return settlement.settle(
            Asked(
                customer_id=customer.pk,
                amount=Decimal("500.00"),
                method="CASH",
                received_by=None,
                received_at=at,
                key=f"tab-{number}",
                act=Act(None, at),
            )
        )

    results, errors = rivals(8, work)

    assert len(results) == 1
    assert [type(error).__name__ for error in errors] == ["PossibleDuplicate"] * 7


def test_eight_rivals_reversing_reverse_once(at):
    customer = CustomerFactory()
    open_invoice(customer, "1000.00")
    payment = paid(customer, "1000.00", at=at)

    results, errors = rivals(
        8,
        lambda _number: reversal.reverse(
            payment=payment, act=Act(None, at, reason="cheque returned")
        ),
    )

    assert len(results) == 1
    assert [type(error).__name__ for error in errors] == ["NotReversible"] * 7


def test_settling_reversing_and_sweeping_at_once_neither_deadlocks_nor_drifts(at):
    customers = [CustomerFactory() for _n in range(3)]
    old = {}
    for customer in customers:
        old[customer.pk] = paid(customer, "250.00", at=at)
        open_invoice(customer, "1000.00")
        open_invoice(customer, "400.00")

    def work(number):
        customer = customers[number % 3]
        if number < 3:
            return reversal.reverse(
                payment=old[customer.pk], act=Act(None, at, reason="cheque returned")
            )
        if number < 6:
            return credit.allocate_credit(act=Act(None, at))
        return settle(customer, at, f"key-{number}", amount="333.33")

    _results, errors = rivals(12, work)

    assert errors == []


@pytest.mark.without_guards
def test_without_its_guards_the_database_would_take_too_much(at):
    """The negative control: with trigger-kept sums unchecked, two holders overpay the invoice."""
    customer = CustomerFactory()
    invoice = open_invoice(customer, "1000.00")
    one, two = paid(customer, "1.00", at=at), paid(customer, "1.00", at=at)

    def hold(payment, amount):
        return Allocation.objects.create(
            payment=payment, invoice=invoice, customer=customer, amount=amount, at=at
        )

    Allocation.objects.filter(released_at__isnull=True).update(released_at=at)
    with (
        pytest.raises(IntegrityError, match="payment_allocated_within_amount"),
        transaction.atomic(),
    ):
        hold(one, Decimal("1000.00"))
    checks = {
        "billing_payment": "payment_allocated_within_amount",
        "billing_invoice": "invoice_paid_within_total",
    }
    with owner_connection(autocommit=True) as owner:
        kept = {
            name: owner.execute(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name]
            ).fetchone()[0]
            for name in checks.values()
        }
        for table, name in checks.items():
            owner.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        try:
            hold(one, Decimal("1000.00"))
            hold(two, Decimal("1000.00"))
            invoice.refresh_from_db()
            assert invoice.paid_amount > invoice.total_amount
        finally:
            owner.execute("SET session_replication_role = replica")
            owner.execute("TRUNCATE billing_allocation, billing_payment CASCADE")
            owner.execute("UPDATE billing_invoice SET paid_amount = 0")
            for table, name in checks.items():
                owner.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {kept[name]}")


@pytest.mark.without_guards
def test_without_the_first_lock_rivals_collide(at, monkeypatch):
    """The negative control of the lock order: the race is real, only the lock prevents it.

    Instead of locking the account, all eight wait after they have looked for a repeat.
    """
    customer = CustomerFactory()
    paid(CustomerFactory(), "1.00", at=at, method="BKASH")  # the books' accounts are there
    looked, look = threading.Barrier(8), admission.look

    def look_together(asked):
        known = look(asked)
        looked.wait(timeout=20)
        return known

    monkeypatch.setattr(
        settlement.account_states, "begin", lambda _ids, **who: trail.begin(**acting(who))
    )
    monkeypatch.setattr(admission, "look", look_together)

    results, _errors = rivals(
        8,
        lambda number: settlement.settle(
            Asked(
                customer_id=customer.pk,
                amount=Decimal("500.00"),
                method="BKASH",
                received_by=None,
                received_at=at,
                key=f"tab-{number}",
                act=Act(None, at),
            )
        ),
    )

    assert len(results) > 1
