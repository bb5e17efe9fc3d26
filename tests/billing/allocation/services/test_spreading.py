"""Money pays debts oldest first, never more than there is, never more than is due.

The rule is one statement (`billing.allocation.services.allocation`); here it is held against the
same rule written down the long way, one cent-exact walk over both lists.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.allocation.models import Allocation
from billing.allocation.services import allocation
from billing.allocation.services.allocation import Part
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)

FIRST = date(2026, 1, 1)
amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("999.99"), places=2)
debts = st.lists(st.tuples(amounts, st.integers(0, 3)), max_size=5)
money = st.lists(st.tuples(amounts, st.integers(0, 3)), max_size=4)


def spread(customer, at, *, incoming=None, chosen=()):
    brought = {incoming: chosen} if incoming is not None else {}
    return allocation.allocate([customer.pk], at=at, incoming=brought)


def the_long_way(customer, purses, owed, *, first=None, chosen=()):
    """Return the parts for (id, received, amount) and (id, due, amount)."""
    purses = sorted(purses, key=lambda one: (one[0] != first or not chosen, one[1], one[0]))
    owed = sorted(owed, key=lambda one: (one[0] not in chosen, one[1], one[0]))
    left = {one[0]: one[2] for one in purses}
    parts = []
    for bill, _due, amount in owed:
        for purse, _received, _amount in purses:
            part = min(left[purse], amount)
            if part > 0:
                parts.append(Part(purse, bill, part, customer.pk))
                left[purse] -= part
                amount -= part
    return parts


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(purses=money, owed=debts, picks=st.sets(st.integers(0, 4)), is_new=st.booleans())
def test_the_statement_allocates_as_the_rule_says(at, purses, owed, picks, is_new):
    with transaction.atomic():
        customer = CustomerFactory()
        held = []
        for amount, minutes in purses:
            moment = at + timedelta(minutes=minutes)
            payment = paid(customer, amount, at=moment, method="BKASH")
            held.append((payment.pk, moment, amount))
        bills = []
        for amount, days in owed:
            due = FIRST + timedelta(days=days)
            bills.append((open_invoice(customer, amount, due=due).pk, due, amount))
        incoming = held[-1][0] if held and is_new else None
        picked = [bills[n][0] for n in sorted(picks) if n < len(bills)]
        chosen = picked if incoming is not None else []  # invoices are chosen for a payment

        parts = spread(customer, at, incoming=incoming, chosen=chosen)

        assert parts == the_long_way(customer, held, bills, first=incoming, chosen=chosen)
        rows = Allocation.objects.order_by("pk").values_list(
            "payment", "invoice", "amount", "customer"
        )
        assert [Part(*row) for row in rows] == parts
        transaction.set_rollback(True)


def test_a_part_that_joins_one_already_held_replaces_it_by_their_sum(at):
    customer = CustomerFactory()
    invoice = open_invoice(customer, "1000.00")
    first = paid(customer, "400.00", at=at, method="BKASH")
    second = paid(customer, "300.00", at=at, method="BKASH")
    more = open_invoice(customer, "100.00")
    with transaction.atomic():
        Allocation.objects.filter(payment=first).update(released_at=at)
        half = Allocation.objects.create(
            payment=first, invoice=invoice, customer=customer, amount=Decimal("150.00"), at=at
        )

        parts = allocation.allocate([customer.pk], at=at)

    assert parts == [Part(first.pk, invoice.pk, Decimal("250.00"), customer.pk)]
    half.refresh_from_db()
    assert half.released_at == at
    held = Allocation.objects.filter(released_at__isnull=True).order_by("payment")
    assert list(held.values_list("payment", "invoice", "amount")) == [
        (first.pk, invoice.pk, Decimal("400.00")),
        (second.pk, invoice.pk, Decimal("300.00")),
    ]
    more.refresh_from_db()
    assert more.paid_amount == 0


def test_many_customers_are_served_in_one_statement_each_for_himself(at, django_assert_num_queries):
    rich, poor = CustomerFactory(), CustomerFactory()
    for customer, amount in ((rich, "500.00"), (poor, "50.00")):
        paid(customer, amount, at=at, method="BKASH")
    bills = [open_invoice(customer, "100.00") for customer in (rich, poor)]

    with transaction.atomic(), django_assert_num_queries(1):
        parts = allocation.allocate([poor.pk, rich.pk], at=at)

    assert [(part.invoice_id, part.amount) for part in parts] == [
        (bills[0].pk, Decimal("100.00")),
        (bills[1].pk, Decimal("50.00")),
    ]


def test_another_customer_s_money_is_not_touched(at):
    mine, theirs = CustomerFactory(), CustomerFactory()
    payment = paid(theirs, "400.00", at=at, method="BKASH")
    open_invoice(mine, "100.00")

    assert spread(mine, at, incoming=payment.pk) == []
