"""Debits that were collected are settled together; what is held spoils no other."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from billing.allocation.models import Payment
from billing.receivables.services import settlement
from payments.debits.models import DebitBatch, DebitOrder, DebitPart, DebitStatementLine
from payments.debits.services import results
from tests.factories.customers import CustomerFactory
from tests.factories.debit_rows import signed, switched_on
from tests.factories.payments import open_invoice

pytestmark = pytest.mark.django_db(transaction=True)


def collected(count, *, at, name="DB-2026-90001-abcd"):
    """So many accepted orders of a batch, and a line for each that says it was collected."""
    switched_on()
    batch = DebitBatch.objects.create(
        name=name,
        instruction="TwoDay",
        action_date=date(2026, 1, 8),
        currency="ZAR",
        planned_on=at.date(),
        created_at=at,
    )
    orders = [_order(batch, number, at) for number in range(count)]
    batch.state, batch.sent_at, batch.orders_count = "SENDING", at, count
    batch.total_amount = sum(order.amount for order in orders)
    batch.save()
    for state in ("UPLOADED", "LOADED"):
        batch.state = state
        batch.save()
    for state in ("UPLOADED", "ACCEPTED"):
        DebitOrder.objects.filter(batch=batch).update(state=state)
    return [
        DebitStatementLine.objects.create(
            statement_date=date(2026, 1, 8),
            transaction_id=f"{name}{order.pk}",
            code="TDD",
            effect_amount=order.amount,
            reference=order.reference,
            imported_at=at,
        )
        for order in orders
    ]


def _order(batch, number, at):
    customer = CustomerFactory()
    mandate = signed(customer, at=at, number=f"40{customer.pk:08d}")
    open_invoice(customer, "70.00", due=date(2026, 1, 3))
    bill = open_invoice(customer, "100.00", due=date(2026, 1, 5))
    order = DebitOrder.objects.create(
        reference=f"{batch.name}/{number}",
        batch=batch,
        mandate=mandate,
        customer=customer,
        amount=Decimal("100.00"),
        action_date=batch.action_date,
        attempt=1,
        created_at=at,
    )
    DebitPart.objects.create(
        order=order,
        mandate=mandate,
        invoice=bill,
        customer=customer,
        amount=order.amount,
        attempt=1,
    )
    return order


def test_each_order_is_paid_and_pays_its_own_bill(at):
    lines = collected(3, at=at)

    assert results.follow_all(lines=lines, at=at) == ["SETTLED"] * 3

    for line in lines:
        order = DebitOrder.objects.get(reference=line.reference)
        assert (order.state, order.ended_at, line.order) == ("COLLECTED", at, order)
        (part,) = order.payment.allocations.select_related("invoice")
        assert (part.amount, part.invoice.due_date) == (Decimal("100.00"), date(2026, 1, 5))


def test_what_is_held_spoils_no_other(at):
    strange, fine, other = collected(3, at=at)
    again = DebitStatementLine.objects.create(
        statement_date=date(2026, 1, 8),
        transaction_id="again",
        code="TDD",
        effect_amount=fine.effect_amount,
        reference=fine.reference,
        imported_at=at,
    )
    nobody = DebitStatementLine.objects.create(
        statement_date=date(2026, 1, 8),
        transaction_id="nobody",
        code="TDD",
        effect_amount=Decimal("1.00"),
        reference="nobody",
        imported_at=at,
    )
    less = DebitStatementLine.objects.create(
        statement_date=date(2026, 1, 8),
        transaction_id="less",
        code="TDD",
        effect_amount=Decimal("99.00"),
        reference=strange.reference,
        imported_at=at,
    )

    outcomes = results.follow_all(lines=[less, fine, again, nobody, other], at=at)

    assert outcomes == ["HELD", "SETTLED", "HELD", "HELD", "SETTLED"]
    assert Payment.objects.count() == 2
    held = DebitStatementLine.objects.filter(outcome="HELD").order_by("pk")
    assert [line.note for line in held] == [
        "Collected twice: pay it back.",
        "no debit order of ours",
        "The amount is not that of the order.",
    ]


def test_what_the_database_refuses_is_tried_one_by_one(at, monkeypatch):
    lines = collected(3, at=at)
    settle_all = settlement.settle_all

    def refuse_many(wanted):
        done = settle_all(wanted)
        if len(wanted) > 1:
            raise IntegrityError("one of them is wrong")
        return done

    monkeypatch.setattr(settlement, "settle_all", refuse_many)

    assert results.follow_all(lines=lines, at=at) == ["SETTLED"] * 3
    assert Payment.objects.count() == 3


def test_a_file_costs_few_statements(at):
    results.follow_all(lines=collected(1, at=at), at=at)
    lines = collected(30, at=at, name="DB-2026-90002-abcd")

    with CaptureQueriesContext(connection) as sent:
        results.follow_all(lines=lines, at=at)

    assert len(sent) <= 30, [query["sql"] for query in sent.captured_queries]  # one a payment
