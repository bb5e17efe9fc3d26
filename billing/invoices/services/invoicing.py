"""Issue a single invoice; the billing run has its own set-based way (`cycle`)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from billing.invoices.models import Invoice, InvoiceLine
from billing.invoices.services import seller
from billing.ledger.rules.chart import Chart
from billing.ledger.rules.tax import document_total
from billing.ledger.services import account_states, ledger
from customers.models import Customer, Subscription
from ispbill.audit.services import events, trail
from ispbill.core import amounts
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.core.money import ZERO, Taxed
from ispbill.core.services import numbering


class NothingToBill(DomainError):
    """An invoice needs at least one line and a total above zero."""


@dataclass(frozen=True)
class NewLine:
    """One line to bill: net and tax in the company's currency, the rate as a fraction."""

    kind: str
    description: str
    amount: Taxed
    tax_rate: Decimal
    account: int = int(Chart.INTERNET_REVENUE)
    subscription: Subscription | None = None
    days: tuple[date, date] | None = None  # half-open [start, end)
    explanation: dict[str, Any] = field(default_factory=dict)
    item: int = 0  # 0: the service itself, else the id of its add-on
    unit: Decimal | None = None  # the list amount when a discount was taken off
    discount: Decimal = ZERO
    quantity: Decimal = Decimal(1)  # of `unit`; the net is of all of them


@transaction.atomic
def issue(
    *, customer: Customer, lines: Sequence[NewLine], kind: str, due_date: date, on: date, act: Act
) -> Invoice:
    """Issue one invoice: lines, books, number, frozen texts, account state, audit; all or nothing.

    Raises NothingToBill without lines or with a total of zero, AmountRefused for what is none.
    """
    for line in lines:
        amounts.check(line.amount.net, line.amount.tax, line.unit, line.discount)
    trail.begin(act=act)
    account_states.lock([customer.pk])
    total = document_total(line.amount for line in lines)
    if not lines or total.gross <= 0:
        raise NothingToBill(_("There is nothing to bill."))
    amounts.check(total.gross)
    customer = Customer.objects.select_related("area").get(pk=customer.pk)
    invoice = Invoice.objects.create(
        customer=customer,
        branch_id=customer.branch_id,
        kind=kind,
        due_date=due_date,
        currency=Company.current().currency,
        language=customer.language,
        subtotal_amount=total.net,
        tax_amount=total.tax,
        total_amount=total.gross,
    )
    ledger.open_chart()
    InvoiceLine.objects.bulk_create(line_of(invoice, line) for line in lines)
    _book(invoice, lines, on=on, act=act)
    _freeze(invoice, customer, on=on, at=act.at)
    account_states.refresh([customer.pk])
    events.record(
        act=act,
        action="invoice.issued",
        target=invoice,
        customer_id=customer.pk,
        branch_id=customer.branch_id,
        after={"total": total.gross},
    )
    return invoice


def _freeze(invoice: Invoice, customer: Customer, *, on: date, at: datetime) -> None:
    """Give an invoice its number and the texts that never change again; it is issued now."""
    invoice.seller = seller.current()
    invoice.buyer = _buyer(customer)
    invoice.issued_on, invoice.issued_at = on, at
    number = numbering.take(series="INV", year=on.year)
    invoice.number = numbering.written(series="INV", year=on.year, number=number)
    invoice.status = Invoice.Status.OPEN
    invoice.save(update_fields=["seller", "buyer", "issued_on", "issued_at", "number", "status"])


def line_of(invoice: Invoice, line: NewLine) -> InvoiceLine:
    """Return a line to bill as a row of its invoice, not saved."""
    return InvoiceLine(
        invoice=invoice,
        customer_id=invoice.customer_id,
        subscription=line.subscription,
        item=line.item,
        kind=line.kind,
        description=line.description[:160],
        span=DateRange(*line.days) if line.days else None,
        quantity=line.quantity,
        unit_amount=line.amount.net if line.unit is None else line.unit,
        discount_amount=line.discount,
        net_amount=line.amount.net,
        tax_rate=line.tax_rate,
        tax_amount=line.amount.tax,
        account_id=line.account,
        explanation=line.explanation,
    )


def _book(invoice: Invoice, lines: Sequence[NewLine], *, on: date, act: Act) -> None:
    income: dict[int, Decimal] = {}
    for line in lines:
        income[line.account] = income.get(line.account, Decimal(0)) + line.amount.net
    sides = [ledger.Line(Chart.RECEIVABLE, invoice.total_amount, invoice.customer_id)]
    sides += [ledger.Line(account, -net) for account, net in income.items()]
    sides.append(ledger.Line(Chart.TAX_PAYABLE, -invoice.tax_amount))
    ledger.post(
        ledger.Fact(
            kind="INVOICE",
            source_type="invoice",
            source_id=invoice.pk,
            lines=sides,
            posted_on=on,
            branch_id=invoice.branch_id,
            customer_id=invoice.customer_id,
        ),
        act=act,
    )


def _buyer(customer: Customer) -> dict[str, str]:
    return {
        "name": customer.name,
        "local_name": customer.local_name,
        "number": customer.number,
        "phone": customer.phone,
        "address": customer.address,
        "area": customer.area.name,
    }
