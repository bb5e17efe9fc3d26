"""Many sure lines of a statement become payments together; what is refused spoils no other."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from billing.allocation.models import Payment
from billing.receivables.services import settlement
from ispbill.audit.models import AuditEvent
from ispbill.core.acts import Act
from payments.bank.models import StatementLine, StatementPart, StatementSuggestion
from payments.bank.services import accepting
from tests.factories.accounts import UserFactory
from tests.factories.bank import bank_account, imported, lines_of
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice, paid

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clerk():
    return UserFactory()


def sure(*customers, at):
    """One line of 100.00 for each, whose best suggestion is that customer, surely."""
    rows = [("2026-01-09", f"Somebody {n}", "100.00") for n, _one in enumerate(customers)]
    lines = lines_of(imported(bank_account(), *rows, at=at))
    StatementSuggestion.objects.filter(line__in=lines).delete()
    for line, customer in zip(lines, customers, strict=True):
        StatementSuggestion.objects.create(line=line, rank=1, customer=customer, confidence=99)
    StatementLine.objects.filter(pk__in=[line.pk for line in lines]).update(is_safe=True)
    return [line.pk for line in lines]


def states(lines):
    return [StatementLine.objects.get(pk=pk).state for pk in lines]


def test_each_line_is_the_payment_of_its_customer(at, clerk):
    customers = [CustomerFactory() for _n in range(3)]
    bill = open_invoice(customers[0], "100.00")
    lines = sure(*customers, at=at)

    assert accepting.accept_safe(lines=lines, act=Act(clerk, at)) == (3, [])

    assert states(lines) == ["MATCHED"] * 3
    parts = StatementPart.objects.order_by("line").select_related("payment")
    assert [(one.line_id, one.customer_id, one.payment.customer_id) for one in parts] == [
        (line, customer.pk, customer.pk) for line, customer in zip(lines, customers, strict=True)
    ]
    bill.refresh_from_db()
    assert bill.amount_due == 0
    said = AuditEvent.objects.filter(action="statement_line.matched").order_by("pk")
    assert [(one.target_id, one.after["state"], one.actor_id) for one in said] == [
        (str(line), "MATCHED", clerk.pk) for line in lines
    ]


def test_two_lines_of_one_customer_are_two_payments(at, clerk):
    customer = CustomerFactory()
    lines = sure(customer, CustomerFactory(), customer, at=at)

    assert accepting.accept_safe(lines=lines, act=Act(clerk, at)) == (3, [])

    assert Payment.objects.filter(customer=customer, amount=Decimal("100.00")).count() == 2


def test_what_may_be_in_the_books_already_is_refused_alone(at, clerk):
    known, other = CustomerFactory(), CustomerFactory()
    lines = sure(known, other, at=at)
    paid(known, "100.00", at=at, method="EFT")

    accepted, refusals = accepting.accept_safe(lines=lines, act=Act(clerk, at))

    assert (accepted, len(refusals), states(lines)) == (1, 1, ["NEW", "MATCHED"])


def test_what_the_database_refuses_is_tried_one_by_one(at, clerk, monkeypatch):
    lines = sure(*(CustomerFactory() for _n in range(3)), at=at)
    settle_all = settlement.settle_all

    def refuse_many(wanted):
        done = settle_all(wanted)
        if len(wanted) > 1:
            raise IntegrityError("one of them is wrong")
        return done

    monkeypatch.setattr(settlement, "settle_all", refuse_many)

    assert accepting.accept_safe(lines=lines, act=Act(clerk, at)) == (3, [])
    assert states(lines) == ["MATCHED"] * 3
    assert Payment.objects.count() == 3


def test_a_statement_costs_few_statements(at, clerk):
    accepting.accept_safe(lines=sure(CustomerFactory(), at=at), act=Act(clerk, at))
    lines = sure(*(CustomerFactory() for _n in range(30)), at=at)

    with CaptureQueriesContext(connection) as sent:
        accepting.accept_safe(lines=lines, act=Act(clerk, at))

    assert len(sent) <= 30, [query["sql"] for query in sent.captured_queries]  # one a payment
