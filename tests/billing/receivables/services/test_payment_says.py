"""What a payment says about itself is what its allocations say, whoever wrote it."""

import contextlib
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from billing.allocation.models import Allocation, Payment
from billing.receivables.services import reversal, settlement
from billing.receivables.services.admission import Asked
from customers.models import AccountState
from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from tests.billing.receivables.services.test_rivals import rivals
from tests.billing.receivables.services.test_settlement import suspended
from tests.database import owner_connection
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)


def settle(customer, amount="1000.00", *, at, key="k1", method="BKASH", **values):
    return settlement.settle(
        Asked(
            customer_id=customer.pk,
            amount=Decimal(amount),
            method=method,
            received_by=None,
            received_at=at,
            key=key,
            act=Act(None, at),
            is_repeat_confirmed=True,
            **values,
        )
    )


@pytest.mark.parametrize(
    "text", ['a "quoted" one', "it's, (so) {to} say", "back\\slash\\", "১০ টাকা", "\n\t,"]
)
def test_what_a_person_wrote_arrives_as_it_was_written(at, text):
    payment = settle(CustomerFactory(), at=at, reference=text, note=text).payment

    payment.refresh_from_db()
    assert (payment.reference, payment.note) == (text.strip(), text.strip())


def test_older_credit_is_spread_together_with_the_new_money(at):
    customer = CustomerFactory()
    old = paid(customer, "250.00", at=at - timedelta(days=1))
    credited = open_invoice(customer, "1000.00")

    payment = settle(customer, "400.00", at=at).payment

    old.refresh_from_db()
    fresh = Payment.objects.get(pk=payment.pk)
    credited.refresh_from_db()
    assert (old.allocated_amount, fresh.allocated_amount) == (Decimal("250.00"), Decimal("400.00"))
    assert payment.allocated_amount == fresh.allocated_amount
    assert credited.paid_amount == Decimal("650.00")


def test_an_earlier_payment_that_comes_later_changes_no_last_one(at):
    customer = CustomerFactory()
    settle(customer, "400.00", at=at, key="new")
    settle(customer, "100.00", at=at - timedelta(days=3), key="old")

    account_state = AccountState.objects.get(customer=customer)
    assert (
        account_state.last_paid_at,
        account_state.last_paid_amount,
        account_state.lifetime_value_amount,
    ) == (at, Decimal("400.00"), Decimal("500.00"))


def test_what_was_ever_paid_is_the_same_when_it_is_added_up_anew(at):
    customer = CustomerFactory()
    open_invoice(customer, "1000.00")
    settle(customer, "400.00", at=at, key="a")
    wrong = settle(customer, "50.00", at=at, key="b", method="CASH").payment
    reversal.reverse(payment=wrong, act=Act(None, at, reason="wrong customer chosen"))
    settle(customer, "70.00", at=at, key="c")

    assert AccountState.objects.get(customer=customer).lifetime_value_amount == Decimal("470.00")


def test_one_key_for_eight_customers_is_one_payment(at):
    """They share no lock: the key itself is what only one of them gets."""
    customers = [CustomerFactory() if n % 2 else suspended().customer for n in range(8)]
    for customer in customers:
        open_invoice(customer, "1000.00")

    results, errors = rivals(8, lambda n: settle(customers[n], at=at, key="one"))

    assert len(results) == 1
    assert [type(error).__name__ for error in errors] == ["KeyReused"] * 7
    assert Payment.objects.count() == 1


def test_who_turned_a_wording_off_is_not_written_to(at):
    from ispbill.notifications.models import Wording

    Wording.objects.create(
        event="payment_received", channel="SMS", language="en", body="", is_active=False
    )

    settle(CustomerFactory(email=""), at=at)

    assert Message.objects.count() == 0


# --- what the database refuses


@contextlib.contextmanager
def refused(name):
    with pytest.raises(IntegrityError) as found:
        yield
    assert found.value.__cause__.diag.constraint_name == name


def born(payment, **values):
    """Insert a copy of a payment with other values, as nobody should."""
    row = {
        field.attname: getattr(payment, field.attname) for field in Payment._meta.concrete_fields
    }
    row |= {"id": None, "receipt_number": "RCP-2026-90001", "idempotency_key": "born"} | values
    with transaction.atomic():
        Payment.objects.create(**row)


def test_a_payment_is_not_born_with_more_or_less_than_its_allocations_say(at):
    payment = settle(CustomerFactory(), "10.00", at=at).payment

    with refused("payment_allocated_by_allocations"):
        born(payment, allocated_amount=Decimal("0.01"))
    invoice = open_invoice(payment.customer, "5.00")
    with refused("payment_allocated_by_allocations"), transaction.atomic():
        Allocation.objects.create(
            payment_id=payment.pk + 1_000,
            invoice=invoice,
            customer=payment.customer,
            amount=Decimal("5.00"),
            at=at,
        )
        born(payment, id=payment.pk + 1_000, allocated_amount=Decimal("4.99"))


def test_an_allocation_needs_a_payment_by_the_commit(at):
    customer = CustomerFactory()
    invoice = open_invoice(customer, "5.00")

    with pytest.raises(IntegrityError, match="payment_id"), transaction.atomic():
        Allocation.objects.create(
            payment_id=1_000_000, invoice=invoice, customer=customer, amount=Decimal(5), at=at
        )


def test_nobody_pays_another_customer_s_invoice(at):
    mine, theirs = CustomerFactory(), CustomerFactory()
    payment = settle(mine, "10.00", at=at).payment
    own, strange = open_invoice(mine, "5.00"), open_invoice(theirs, "5.00")

    def pays(**values):
        with transaction.atomic():
            Allocation.objects.create(payment=payment, amount=Decimal(5), at=at, **values)

    with refused("allocation_pays_issued_invoice"):
        pays(invoice=strange, customer=mine)
    with refused("allocation_pays_issued_invoice"):
        pays(invoice=strange, customer=theirs)
    with refused("allocation_pays_issued_invoice"):
        pays(invoice=own, customer=theirs)
    with refused("payment_allocated_by_allocations"), transaction.atomic():
        Allocation.objects.create(
            payment_id=payment.pk + 1_000,
            invoice=strange,
            customer=theirs,
            amount=Decimal(5),
            at=at,
        )
        born(payment, id=payment.pk + 1_000, allocated_amount=Decimal(5))
    pays(invoice=own, customer=mine)


def test_an_allocated_amount_is_not_written_by_hand(at):
    payment = settle(CustomerFactory(), "10.00", at=at).payment

    with refused("payment_allocated_by_allocations"), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(allocated_amount=Decimal(1))


def test_a_payment_is_taken_from_a_customer_and_in_a_branch_that_are_there(at):
    payment = settle(CustomerFactory(), "10.00", at=at).payment

    with refused("payment_names_what_exists"):
        born(payment, branch_id=999_999)
    with refused("payment_names_what_exists"):
        born(payment, customer_id=999_999)
    with refused("payment_names_what_exists"), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(branch_id=999_999)


@pytest.mark.without_guards
def test_without_its_guard_a_payment_is_born_with_what_nobody_allocated(at):
    payment = settle(CustomerFactory(), "10.00", at=at).payment
    with owner_connection() as owner:
        owner.execute("ALTER TABLE billing_payment DISABLE TRIGGER payment_begins")
        owner.execute(
            "INSERT INTO billing_payment SELECT (jsonb_populate_record(p, jsonb_build_object("
            "'id', p.id + 1000, 'receipt_number', 'RCP-2026-90001', 'idempotency_key', 'born',"
            " 'allocated_amount', 7, 'branch_id', 999999))).* FROM billing_payment p"
            " WHERE id = %s",
            [payment.pk],
        )
        found = owner.execute("SELECT max(allocated_amount) FROM billing_payment").fetchone()[0]
        owner.rollback()

    assert found == Decimal("7.00")
