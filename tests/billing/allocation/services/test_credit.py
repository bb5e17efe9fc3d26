"""Credit pays open invoices by itself, oldest to oldest, and only once."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.allocation.models import Allocation, Payment
from billing.allocation.services import credit
from billing.allocation.services.credit import Spent
from billing.invoices.models import Invoice
from billing.run.models import BillingRun
from billing.signals import invoices_issued
from customers.models import AccountState
from ispbill.audit.models import AuditEvent, JobRun
from ispbill.core.acts import Act
from payments import tasks
from tests.factories.customers import CustomerFactory
from tests.factories.payments import open_invoice, paid
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_credit_pays_a_new_invoice(at):
    customer = CustomerFactory()
    payment = paid(customer, "300.00", at=at)
    invoice = open_invoice(customer, "1000.00")

    spent = credit.allocate_credit(act=Act(None, at))

    invoice.refresh_from_db()
    payment.refresh_from_db()
    assert spent == Spent(customers=1, allocations=1, amount=Decimal("300.00"))
    assert (invoice.paid_amount, payment.allocated_amount) == (Decimal("300.00"),) * 2
    assert AuditEvent.objects.get(action="payment.allocated").target_id == str(payment.pk)


def test_a_paid_invoice_is_no_longer_the_oldest_due(at):
    customer = CustomerFactory()
    paid(customer, "1000.00", at=at)
    open_invoice(customer, "1000.00", due=date(2026, 1, 5))
    open_invoice(customer, "500.00", due=date(2026, 2, 5))

    credit.allocate_credit(act=Act(None, at))

    assert AccountState.objects.get(customer=customer).oldest_due_date == date(2026, 2, 5)


def test_again_there_is_nothing_to_do(at):
    customer = CustomerFactory()
    paid(customer, "300.00", at=at)
    open_invoice(customer, "1000.00")
    credit.allocate_credit(act=Act(None, at))

    assert credit.allocate_credit(act=Act(None, at)) == Spent()
    assert Allocation.objects.count() == 1


def test_only_the_customers_named_are_touched(at):
    one, other = CustomerFactory(), CustomerFactory()
    for customer in (one, other):
        paid(customer, "300.00", at=at)
        open_invoice(customer, "1000.00")

    assert credit.allocate_credit(customer_ids=[other.pk], act=Act(None, at)).customers == 1
    assert Allocation.objects.get().customer == other


def test_reversed_money_and_others_money_pay_nothing(at):
    from billing.receivables.services import reversal

    customer = CustomerFactory()
    gone = paid(customer, "300.00", at=at)
    reversal.reverse(payment=gone, act=Act(None, at, reason="cheque returned"))
    paid(CustomerFactory(), "300.00", at=at)
    open_invoice(customer, "1000.00")

    assert credit.allocate_credit(act=Act(None, at)) == Spent()


def test_money_still_pending_pays_nothing(at):
    customer = CustomerFactory()
    Payment.objects.create(
        customer=customer,
        branch=customer.branch,
        amount=Decimal("300.00"),
        currency="BDT",
        method="BKASH",
        status="PENDING",
        received_at=at,
        posted_on=at.date(),
        idempotency_key="pending",
    )
    open_invoice(customer, "1000.00")

    assert credit.allocate_credit(act=Act(None, at)) == Spent()


def test_chunks_give_the_same_as_one_go(at, monkeypatch):
    monkeypatch.setattr(credit, "CHUNK", 2)
    for _number in range(5):
        customer = CustomerFactory()
        paid(customer, "300.00", at=at)
        open_invoice(customer, "200.00")

    assert credit.allocate_credit(act=Act(None, at)) == Spent(5, 5, Decimal("1000.00"))


amounts = st.decimals(min_value="0.01", max_value="900", places=2)


@given(money=st.lists(amounts, max_size=4), due=st.lists(amounts, max_size=4))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_afterwards_either_all_credit_is_spent_or_nothing_is_due(at, money, due):
    customer = CustomerFactory()
    for amount in money:
        paid(customer, amount, at=at)
    for number, amount in enumerate(due):
        open_invoice(customer, amount, due=date(2026, 1, 1) + timedelta(days=number))

    credit.allocate_credit(customer_ids=[customer.pk], act=Act(None, at))

    left = sum(p.amount - p.allocated_amount for p in Payment.objects.filter(customer=customer))
    open_due = sum(i.amount_due for i in Invoice.objects.filter(customer=customer))
    assert min(left, open_due) == 0
    assert AccountState.objects.get(customer=customer).balance_amount == open_due - left


def test_the_task_leaves_a_row_in_the_job_log_and_runs_twice(at):
    customer = CustomerFactory()
    paid(customer, "300.00", at=at)
    open_invoice(customer, "1000.00")

    tasks.allocate_credit()
    tasks.allocate_credit()

    runs = JobRun.objects.filter(job="allocate-credit").order_by("pk")
    assert [run.processed for run in runs] == [1, 0]


def test_issued_invoices_ring_for_the_customers_of_their_run(at, monkeypatch):
    rung = []
    instead_of(monkeypatch, "payments.allocate_credit", lambda kwargs: rung.append(kwargs))

    invoices_issued.send(BillingRun, run_id=7)

    assert rung == [{"run_id": 7}]


def test_a_run_concerns_only_its_own_customers(at):
    run = BillingRun.objects.create(business_date=at.date(), horizon=at.date(), started_at=at)
    customer = CustomerFactory()
    paid(customer, "300.00", at=at)
    open_invoice(customer, "1000.00")

    assert credit.allocate_credit(run_id=run.pk, act=Act(None, at)) == Spent()
