"""Issue, and void, a single invoice; the billing run has its own set-based way (`cycle`)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from billing.models import Invoice, InvoiceLine, JournalEntry
from billing.rules.chart import Chart
from billing.rules.tax import document_total
from billing.services import dunning, ledger, seller, standings
from billing.signals import invoice_credited
from customers.models import Customer, Subscription
from ispbill.audit.services import events, trail
from ispbill.core import amounts
from ispbill.core.actors import Actor
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.core.money import ZERO, Taxed
from ispbill.core.services import numbering


class NothingToBill(DomainError):
    """An invoice needs at least one line and a total above zero."""


class NotVoidable(DomainError):
    """Only an untouched, issued invoice can be voided."""


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
    *,
    customer: Customer,
    lines: Sequence[NewLine],
    kind: str,
    due_date: date,
    on: date,
    at: datetime,
    actor: Actor | None,
    reason: str = "",
) -> Invoice:
    """Issue one invoice: lines, books, number, frozen texts, standing, audit; all or nothing.

    Raises NothingToBill without lines or with a total of zero, AmountRefused for what is none.
    """
    for line in lines:
        amounts.check(line.amount.net, line.amount.tax, line.unit, line.discount)
    trail.begin(actor=actor, at=at, reason=reason)
    standings.lock([customer.pk])
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
    _book(invoice, lines, on=on, at=at, actor=actor)
    invoice.seller = seller.current()
    invoice.buyer = _buyer(customer)
    invoice.issued_on, invoice.issued_at = on, at
    number = numbering.take(series="INV", year=on.year)
    invoice.number = numbering.written(series="INV", year=on.year, number=number)
    invoice.status = Invoice.Status.OPEN
    invoice.save(update_fields=["seller", "buyer", "issued_on", "issued_at", "number", "status"])
    standings.refresh([customer.pk])
    events.record(
        at=at, actor=actor, action="invoice.issued", target=invoice, customer_id=customer.pk,
        branch_id=customer.branch_id, reason=reason, after={"total": total.gross},
    )  # fmt: skip
    return invoice


@transaction.atomic
def void(*, invoice: Invoice, reason: str, on: date, at: datetime, actor: Actor | None) -> Invoice:
    """Void an invoice nothing has been paid or credited on; its days may be billed again.

    Raises NotVoidable, ReasonMissing.
    """
    reason = trail.required_reason(reason)
    trail.begin(actor=actor, at=at, reason=reason)
    standings.lock([invoice.customer_id])
    invoice = Invoice.objects.select_for_update().get(pk=invoice.pk)
    if invoice.status != Invoice.Status.OPEN:
        raise NotVoidable(_("This invoice is not open; it cannot be voided."))
    if invoice.paid_amount or invoice.credited_amount:
        raise NotVoidable(
            _("Money has been applied to this invoice. Issue a credit note instead of voiding it.")
        )
    invoice.status, invoice.void_reason = Invoice.Status.VOID, reason
    invoice.save(update_fields=["status", "void_reason"])
    invoice.lines.update(is_live=False)
    _unbill(invoice)
    entry = JournalEntry.objects.get(source_type="invoice", source_id=invoice.pk, kind="INVOICE")
    ledger.reverse(entry=entry, posted_on=on, at=at, actor=actor, memo=f"void {invoice.number}")
    standings.refresh([invoice.customer_id])
    dunning.reopen_if_settled(customer_id=invoice.customer_id, at=at, actor=actor)
    events.record(
        at=at, actor=actor, action="invoice.voided", target=invoice, reason=reason,
        customer_id=invoice.customer_id, branch_id=invoice.branch_id,
        before={"status": "OPEN"}, after={"status": "VOID"},
    )  # fmt: skip
    return invoice


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


def _book(
    invoice: Invoice, lines: Sequence[NewLine], *, on: date, at: datetime, actor: Actor | None
) -> None:
    income: dict[int, Decimal] = {}
    for line in lines:
        income[line.account] = income.get(line.account, Decimal(0)) + line.amount.net
    sides = [ledger.Line(Chart.RECEIVABLE, invoice.total_amount, invoice.customer_id)]
    sides += [ledger.Line(account, -net) for account, net in income.items()]
    sides.append(ledger.Line(Chart.TAX_PAYABLE, -invoice.tax_amount))
    ledger.post(
        kind="INVOICE", source_type="invoice", source_id=invoice.pk, lines=sides, posted_on=on,
        at=at, branch_id=invoice.branch_id, customer_id=invoice.customer_id, actor=actor,
    )  # fmt: skip


def _buyer(customer: Customer) -> dict[str, str]:
    return {
        "name": customer.name,
        "local_name": customer.local_name,
        "number": customer.number,
        "phone": customer.phone,
        "address": customer.address,
        "area": customer.area.name,
    }


def _unbill(invoice: Invoice) -> None:
    """Move schedules back over days that end where the schedule stands, so they can be rebilled."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.voiding', 'yes', true)")
        cursor.execute(
            """
            UPDATE billing_schedule h SET billed_until = l.start_on
            FROM (SELECT subscription_id, min(lower(span)) AS start_on, max(upper(span)) AS end_on
                  FROM billing_invoiceline
                  WHERE invoice_id = %s AND span IS NOT NULL AND item = 0
                  GROUP BY subscription_id) l
            WHERE l.subscription_id = h.subscription_id AND l.end_on = h.billed_until
            """,
            [invoice.pk],
        )
        cursor.execute("SELECT set_config('app.voiding', '', true)")


def spend_credit(invoice: Invoice, *, at: datetime, actor: Actor | None) -> None:
    """Let credit that is there pay a bill written by hand at once, in the caller's transaction."""
    invoice_credited.send(sender=Invoice, customer_id=invoice.customer_id, at=at, actor=actor)
