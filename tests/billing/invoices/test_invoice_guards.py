"""An issued invoice is the sum of its lines, and frozen."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from psycopg.types.range import DateRange

from billing.invoices.models import Invoice, InvoiceLine
from billing.invoices.services import invoicing
from billing.invoices.services.invoicing import NewLine
from billing.receivables.services import voiding
from ispbill.core.acts import Act
from ispbill.core.money import Taxed
from tests.factories.billing import chart
from tests.factories.customers import CustomerFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db(transaction=True)

ON = date(2026, 1, 10)
DAYS = (date(2026, 1, 5), date(2026, 2, 5))


def line(subscription, net="1000.00", tax="150.00", days=DAYS):
    return NewLine(
        kind="RECURRING",
        description="Home 30",
        amount=Taxed(Decimal(net), Decimal(tax)),
        tax_rate=Decimal("0.15"),
        subscription=subscription,
        days=days,
    )


def issue(subscription, at, lines=None):
    return invoicing.issue(
        customer=subscription.customer,
        lines=lines or [line(subscription)],
        kind="RECURRING",
        due_date=ON,
        on=ON,
        act=Act(None, at),
    )


def draft(customer, **values):
    chart()
    return Invoice.objects.create(
        **{
            "customer": customer,
            "branch": customer.branch,
            "due_date": ON,
            "currency": "BDT",
            "subtotal_amount": Decimal("1000.00"),
            "tax_amount": Decimal("150.00"),
            "total_amount": Decimal("1150.00"),
            **values,
        }
    )


def draft_line(invoice, customer, net="1000.00", tax="150.00"):
    return InvoiceLine.objects.create(
        invoice=invoice,
        customer=customer,
        kind="ADJUSTMENT",
        description="x",
        unit_amount=Decimal(net),
        net_amount=Decimal(net),
        tax_rate=Decimal("0.15"),
        tax_amount=Decimal(tax),
        account_id=4000,
    )


def open_up(invoice, at, number="INV-2026-00001"):
    Invoice.objects.filter(pk=invoice.pk).update(
        status="OPEN", number=number, issued_on=ON, issued_at=at
    )


def test_a_total_that_is_not_net_plus_tax_is_refused():
    with pytest.raises(IntegrityError, match="invoice_total_is_net_plus_tax"):
        draft(CustomerFactory(), total_amount=Decimal("1150.01"))


@pytest.mark.parametrize(("net", "tax"), [("999.99", "150.00"), ("1000.00", "149.99")])
def test_an_invoice_that_is_not_the_sum_of_its_lines_is_not_issued(at, net, tax):
    customer = CustomerFactory()
    invoice = draft(customer)
    draft_line(invoice, customer, net, tax)

    with pytest.raises(IntegrityError, match="not the sum of its lines"):
        open_up(invoice, at)


def test_an_invoice_without_lines_is_not_issued(at):
    with pytest.raises(IntegrityError, match="not the sum of its lines"):
        open_up(draft(CustomerFactory()), at)


def test_a_line_of_another_customer_is_not_issued(at):
    invoice = draft(CustomerFactory())
    draft_line(invoice, CustomerFactory())

    with pytest.raises(IntegrityError, match="not the sum of its lines"):
        open_up(invoice, at)


def test_an_issued_invoice_without_a_number_is_refused(at):
    customer = CustomerFactory()
    invoice = draft(customer)
    draft_line(invoice, customer)

    with pytest.raises(IntegrityError, match="invoice_numbered_when_issued"):
        open_up(invoice, at, number=None)


@pytest.mark.parametrize(
    "change",
    [
        {"total_amount": 1, "subtotal_amount": 1, "tax_amount": 0},
        {"due_date": date(2027, 1, 1)},
        {"number": "INV-2026-99999"},
        {"buyer": {"name": "Somebody else"}},
        {"status": "DRAFT", "number": None, "issued_on": None},
    ],
)
def test_an_issued_invoice_does_not_change(at, change):
    invoice = issue(SubscriptionFactory(), at)

    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(**change)


def test_an_issued_invoice_is_not_removed(at):
    issue(SubscriptionFactory(), at)

    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        InvoiceLine.objects.all()._raw_delete("default")
    with pytest.raises(DatabaseError, match="cannot be removed"), transaction.atomic():
        Invoice.objects.all()._raw_delete("default")


def test_the_lines_of_an_issued_invoice_are_frozen(at):
    subscription = SubscriptionFactory()
    invoice = issue(subscription, at)

    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        InvoiceLine.objects.update(description="something else")
    with pytest.raises(DatabaseError, match="takes no more lines"), transaction.atomic():
        draft_line(invoice, subscription.customer, "1.00", "0.00")


@pytest.mark.parametrize(
    "days",
    [
        (date(2026, 1, 5), date(2026, 2, 5)),
        (date(2026, 2, 4), date(2026, 2, 6)),
        (date(2025, 12, 1), date(2026, 3, 1)),
    ],
)
def test_a_day_of_a_service_is_billed_once(at, days):
    subscription = SubscriptionFactory()
    issue(subscription, at)

    with pytest.raises(IntegrityError, match="invoice_line_days_billed_once"):
        issue(subscription, at, [line(subscription, days=days)])


def test_neighbouring_periods_are_not_the_same_day(at):
    subscription = SubscriptionFactory()
    issue(subscription, at)
    issue(subscription, at, [line(subscription, days=(date(2026, 2, 5), date(2026, 3, 5)))])

    assert Invoice.objects.count() == 2


def test_voiding_frees_the_days_and_undoes_the_books(at):
    from billing.ledger.models import Posting
    from customers.models import AccountState

    subscription = SubscriptionFactory()
    invoice = issue(subscription, at)

    voiding.void(invoice=invoice, act=Act(None, at, on=ON, reason="entered for the wrong house"))

    assert AccountState.objects.get().balance_amount == 0
    assert sum(Posting.objects.values_list("amount", flat=True)) == 0
    assert issue(subscription, at).number == "INV-2026-00002"


def test_an_invoice_with_money_on_it_is_not_voided(at):
    invoice = issue(SubscriptionFactory(), at)
    Invoice.objects.update(paid_amount=1)

    with pytest.raises(voiding.NotVoidable, match="credit note"):
        voiding.void(invoice=invoice, act=Act(None, at, on=ON, reason="customer disagrees"))
    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        Invoice.objects.update(status="VOID", void_reason="behind the service's back")


def test_paid_never_exceeds_the_total(at):
    issue(SubscriptionFactory(), at)

    with pytest.raises(IntegrityError, match="invoice_paid_within_total"):
        Invoice.objects.update(paid_amount=Decimal("1150.01"))


def test_a_span_needs_both_ends():
    subscription = SubscriptionFactory()
    invoice = draft(subscription.customer)

    with pytest.raises(IntegrityError, match="invoice_line_span_has_service"):
        InvoiceLine.objects.create(
            invoice=invoice,
            customer=subscription.customer,
            subscription=subscription,
            kind="RECURRING",
            description="x",
            span=DateRange(ON, None),
            unit_amount=1,
            net_amount=1,
            tax_rate=0,
            tax_amount=0,
            account_id=4000,
        )
