"""The billing run: what is due is billed, once, and provably right."""

from datetime import date
from decimal import Decimal

import pytest
from django.db.models import Sum

from billing.invoices.models import Invoice, InvoiceLine, Schedule
from billing.invoices.rules.explanations import recompute
from billing.ledger.models import Posting
from billing.run.models import BillingRun
from billing.run.services import cycle
from customers.models import AccountState
from tests.factories.acts import acting
from tests.factories.billing import scheduled
from tests.factories.customers import CustomerFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 29)


def due(billed_until=date(2026, 2, 5), **values):
    subscription = SubscriptionFactory(**values)
    scheduled(subscription, billed_until=billed_until)
    return subscription


def run(at, on=ON, **values):
    return cycle.run(on=on, **acting(keeps_on=True, at=at, **values))


def test_a_period_seven_days_ahead_becomes_an_issued_invoice_with_tax(at):
    subscription = due()

    outcome = run(at)

    invoice = Invoice.objects.get()
    assert outcome.written.invoices == 1
    assert (invoice.number, invoice.status, invoice.issued_on, invoice.due_date) == (
        "INV-2026-00001",
        "OPEN",
        ON,
        date(2026, 2, 5),
    )
    assert (
        invoice.subtotal_amount,
        invoice.tax_amount,
        invoice.total_amount,
        invoice.amount_due,
    ) == (Decimal("1000.00"), Decimal("150.00"), Decimal("1150.00"), Decimal("1150.00"))
    line = InvoiceLine.objects.get()
    assert (line.span.lower, line.span.upper) == (date(2026, 2, 5), date(2026, 3, 5))
    assert Schedule.objects.get(subscription=subscription).billed_until == date(2026, 3, 5)
    account_state = AccountState.objects.get(customer=subscription.customer)
    assert (
        account_state.balance_amount,
        account_state.oldest_due_date,
        account_state.next_billing_date,
    ) == (Decimal("1150.00"), date(2026, 2, 5), date(2026, 3, 5))


def test_a_period_beyond_the_lead_time_waits(at):
    due(billed_until=date(2026, 2, 6))

    assert run(at).written.invoices == 0


def test_running_again_adds_nothing(at):
    due()
    run(at)
    before = (Invoice.objects.count(), Posting.objects.count(), BillingRun.objects.count())

    again = run(at)

    assert again.run is None
    assert (Invoice.objects.count(), Posting.objects.count(), BillingRun.objects.count()) == before


def test_two_services_of_a_customer_share_an_invoice(at):
    customer = CustomerFactory()
    due(customer=customer)
    due(customer=customer, line_no=2, price_amount=Decimal("500.00"))

    run(at)

    assert Invoice.objects.get().total_amount == Decimal("1725.00")


def test_a_stub_is_priced_by_its_days_of_the_aligned_period(at):
    due(billed_until=date(2026, 1, 20))

    run(at)

    first = InvoiceLine.objects.order_by("span").first()
    # 16 of the 31 days from 5 January to 5 February
    assert first.net_amount == Decimal("516.13")
    assert recompute(first.explanation) == first.net_amount


def test_a_late_run_bills_each_missed_period_on_its_own_invoice(at):
    due(billed_until=date(2025, 12, 5))

    run(at)

    spans = [(line.span.lower, line.span.upper) for line in InvoiceLine.objects.order_by("span")]
    assert spans == [
        (date(2025, 12, 5), date(2026, 1, 5)),
        (date(2026, 1, 5), date(2026, 2, 5)),
        (date(2026, 2, 5), date(2026, 3, 5)),
    ]
    assert Invoice.objects.count() == 3
    assert AccountState.objects.get().balance_amount == Decimal("3450.00")


def test_billing_day_30_returns_after_february(at):
    due(billing_day=30, billed_until=date(2026, 1, 30))

    run(at, on=date(2026, 3, 25))

    ends = [line.span.upper for line in InvoiceLine.objects.order_by("span")]
    assert ends == [date(2026, 2, 28), date(2026, 3, 30), date(2026, 4, 30)]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"status": "PENDING", "activated_on": None}, "not active yet"),
        ({"status": "CANCELLED", "cancelled_on": date(2026, 1, 1)}, "cancelled"),
        ({"mode": "PREPAID"}, "renews from its balance"),
    ],
)
def test_what_is_not_to_be_billed_is_left_alone(at, values, why):
    due(**values)

    assert run(at).written.invoices == 0, why


def test_a_free_service_moves_on_without_an_invoice(at):
    subscription = due(price_amount=Decimal("0.00"))

    outcome = run(at)

    assert (outcome.written.invoices, outcome.written.free_services) == (0, 1)
    assert Schedule.objects.get(subscription=subscription).billed_until == date(2026, 3, 5)


def test_an_exempt_customer_pays_no_tax(at):
    due(customer=CustomerFactory(is_tax_exempt=True))

    run(at)

    assert Invoice.objects.get().total_amount == Decimal("1000.00")
    assert Posting.objects.count() == 2


def test_one_customer_who_cannot_be_billed_does_not_stop_the_others(at):
    from psycopg.types.range import Range

    good, bad = due(), due()
    # Something else has already billed days of the bad one: the exclusion constraint will refuse.
    invoice = Invoice.objects.create(
        customer=bad.customer,
        branch=bad.customer.branch,
        due_date=ON,
        currency="BDT",
        subtotal_amount=1,
        tax_amount=0,
        total_amount=1,
    )
    from billing.ledger.services import ledger

    ledger.open_chart()
    InvoiceLine.objects.create(
        invoice=invoice,
        customer=bad.customer,
        subscription=bad,
        kind="ADJUSTMENT",
        description="x",
        span=Range(date(2026, 2, 10), date(2026, 2, 12)),
        unit_amount=1,
        net_amount=1,
        tax_rate=0,
        tax_amount=0,
        account_id=4000,
    )

    outcome = run(at)

    assert (outcome.written.invoices, outcome.failed) == (1, 1)
    assert outcome.run.status == BillingRun.Status.PARTIAL
    assert Invoice.objects.get(status="OPEN").customer == good.customer
    problem = outcome.run.job_run.problems.get()
    assert problem.item_id == bad.customer_id
    assert "invoice_line_days_billed_once" in problem.message


def test_every_chunk_size_gives_the_same_books(at):
    for number in range(7):
        due(price_amount=Decimal("333.33") + number)

    run(at, chunk=2)

    numbers = sorted(Invoice.objects.values_list("number", flat=True))
    assert numbers == [f"INV-2026-0000{n}" for n in range(1, 8)]
    assert Posting.objects.aggregate(sum=Sum("amount"))["sum"] == 0


def test_the_next_billing_date_is_the_earliest_of_all_services(at):
    customer = CustomerFactory()
    due(customer=customer)
    due(customer=customer, line_no=2, billing_day=25, billed_until=date(2026, 2, 25))

    run(at)

    assert AccountState.objects.get().next_billing_date == date(2026, 2, 25)
