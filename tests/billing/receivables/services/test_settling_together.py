"""Payments settled together are what they are one by one, and none spoils another."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from billing.allocation.models import Allocation, Payment
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked, NotPayable, PossibleDuplicate
from billing.receivables.services.settlement import Settled
from customers.models import AccountState
from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)


def asked(customer, amount, *, at, actor=None, **values):
    given = {
        "method": "EFT",
        "received_by": None,
        "received_at": at,
        "act": Act(actor, at),
        "key": f"together:{customer.pk}:{amount}",
        "is_repeat_confirmed": True,
        **values,
    }
    return Asked(customer_id=customer.pk, amount=Decimal(amount), **given)


def together(*wanted):
    with transaction.atomic():
        return settlement.settle_all(wanted)


def people(at):
    """Who owes one bill, two bills, nothing, and who has credit beside a bill."""
    one, two, nothing, credit = (CustomerFactory() for _n in range(4))
    open_invoice(one, "100.00")
    open_invoice(two, "100.00", due=date(2026, 1, 5))
    later = open_invoice(two, "100.00", due=date(2026, 1, 6))
    paid(credit, "30.00", at=at - timedelta(days=1), method="EFT")
    open_invoice(credit, "100.00")
    return [
        (one, "60.00", ()),
        (two, "120.00", (later.pk,)),
        (nothing, "50.00", ()),
        (credit, "90.00", ()),
    ]


def state(customers):
    """What became of them, without what differs from one database row to the next."""
    return [
        {
            "payments": list(
                Payment.objects.filter(customer=customer)
                .order_by("pk")
                .values_list("amount", "allocated_amount", "status", "posted_on")
            ),
            "parts": sorted(
                Allocation.objects.filter(customer=customer).values_list(
                    "amount", "invoice__due_date", "payment__amount"
                )
            ),
            "account_state": AccountState.objects.filter(customer=customer)
            .values_list(
                "balance_amount", "oldest_due_date", "last_paid_amount", "lifetime_value_amount"
            )
            .get(),
            "told": [
                {key: one.context.get(key) for key in ("amount", "balance", "rest_due")}
                for one in Message.objects.filter(customer_id=customer.pk).order_by("pk")
            ],
        }
        for customer in customers
    ]


def test_together_is_the_same_as_one_by_one(at):
    alone, joined = people(at), people(at)

    for customer, amount, chosen in alone:
        together(asked(customer, amount, at=at, chosen=chosen))
    done = together(*(asked(customer, amount, at=at, chosen=c) for customer, amount, c in joined))

    assert all(isinstance(one, Settled) and one.is_new for one in done)
    assert state(who for who, _a, _c in joined) == state(who for who, _a, _c in alone)
    numbers = [one.payment.receipt_number for one in done]
    assert numbers == sorted(set(numbers))


def test_who_is_refused_spoils_no_other(at):
    twin, late, fine = CustomerFactory(), CustomerFactory(), CustomerFactory()
    paid(twin, "20.00", at=at, method="EFT")
    invoice = open_invoice(late, "10.00")
    paid(late, "10.00", at=at - timedelta(days=1), method="CARD")

    first, second, third = together(
        asked(twin, "20.00", at=at, is_repeat_confirmed=False),
        asked(late, "15.00", at=at, chosen=[invoice.pk]),
        asked(fine, "30.00", at=at),
    )

    assert (type(first), type(second)) == (PossibleDuplicate, NotPayable)
    assert third.payment.status == "COMPLETED"
    made = Payment.objects.filter(idempotency_key__startswith="together:")
    assert [one.customer_id for one in made] == [fine.pk]


def test_a_key_that_was_used_gives_its_payment_back_among_new_ones(at):
    known, fresh = CustomerFactory(), CustomerFactory()
    (earlier,) = together(asked(known, "20.00", at=at))

    again, new = together(asked(known, "20.00", at=at), asked(fresh, "20.00", at=at))

    assert (again.payment, again.is_new, new.is_new) == (earlier.payment, False, True)


def test_cash_goes_to_the_till_of_each_who_took_it(at):
    clerks = [UserFactory(), UserFactory()]
    customers = [CustomerFactory(), CustomerFactory()]

    together(
        *(
            asked(customer, "20.00", at=at, method="CASH", received_by=clerk)
            for customer, clerk in zip(customers, clerks, strict=True)
        )
    )

    with connection.cursor() as cursor:
        cursor.execute("SELECT person_id, taken_amount FROM billing_shift ORDER BY person_id")
        assert cursor.fetchall() == [(clerk.pk, Decimal("20.00")) for clerk in clerks]


def test_two_payments_of_one_customer_are_not_settled_together(at):
    customer = CustomerFactory()

    with pytest.raises(ValueError, match="one payment of a customer"):
        together(asked(customer, "1.00", at=at), asked(customer, "2.00", at=at))


def test_thirty_cost_the_statements_of_one(at):
    paid(CustomerFactory(), "1.00", at=at, method="EFT")  # the books' accounts are there
    counts = []
    for size in (1, 30):
        customers = CustomerFactory.create_batch(size)
        with CaptureQueriesContext(connection) as sent:
            together(*(asked(customer, "5.00", at=at) for customer in customers))
        counts.append(len(sent))

    assert counts[0] == counts[1]
