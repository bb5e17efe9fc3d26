"""One invoice with everything its page shows, in a handful of queries."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.approvals.models import Approval
from billing.invoices.models import CreditNote, Invoice, InvoiceLine, Schedule
from billing.invoices.rules import invoice_states
from billing.ledger.models import JournalEntry
from billing.ledger.rules import tax
from billing.receivables.queries import credits
from ispbill.audit.models import AuditEvent
from ispbill.core.money import Taxed


@dataclass(frozen=True)
class Shown:
    """An invoice's state in one word, its lines, taxes by rate, books and history."""

    state: str
    is_partly_paid: bool
    is_owed: bool
    may_be_credited: bool
    may_be_voided: bool
    applied: Decimal
    lines: list[InvoiceLine]
    taxes: list[tuple[Decimal, Decimal, Decimal]]  # rate, net, tax
    entries: list[JournalEntry]
    notes: list[CreditNote]
    waiting: list[Approval]
    events: list[AuditEvent]

    @property
    def is_void(self) -> bool:
        return self.state == invoice_states.VOID

    @property
    def is_overdue(self) -> bool:
        return self.state == invoice_states.OVERDUE


@dataclass(frozen=True)
class Days:
    """Days of a service on an invoice, and whether voiding it makes them billable again."""

    service: str
    start: date
    end: date
    is_free: bool


def show(invoice: Invoice, *, on: date) -> Shown:
    """Gather an invoice's page on the company date `on`."""
    lines = list(
        InvoiceLine.objects.filter(invoice=invoice)
        .select_related("subscription", "account")
        .order_by("pk")
    )
    by_rate = tax.by_rate((line.tax_rate, taxed(line)) for line in lines)
    applied = invoice.paid_amount + invoice.credited_amount
    is_owed = invoice.status == Invoice.Status.OPEN and invoice.amount_due > 0
    return Shown(
        state=invoice_states.state_of(
            status=invoice.status,
            total=invoice.total_amount,
            paid=invoice.paid_amount,
            due=invoice.amount_due,
            due_date=invoice.due_date,
            on=on,
        ),
        is_partly_paid=applied > 0 and is_owed,
        is_owed=is_owed,
        may_be_credited=invoice.status == Invoice.Status.OPEN
        and invoice.credited_amount < invoice.total_amount,
        may_be_voided=invoice.status == Invoice.Status.OPEN and not applied,
        applied=applied,
        lines=lines,
        taxes=[(rate, sums.net, sums.tax) for rate, sums in by_rate.items()],
        entries=list(
            JournalEntry.objects.filter(source_type="invoice", source_id=invoice.pk)
            .prefetch_related("postings__account")
            .order_by("pk")
        ),
        notes=credits.of_invoice(invoice) if invoice.credited_amount else [],
        waiting=list(
            Approval.objects.filter(invoice=invoice, status=Approval.Status.PENDING)
            .select_related("requested_by")
            .order_by("pk")
        ),
        events=list(
            AuditEvent.objects.filter(target_type="invoice", target_id=str(invoice.pk)).order_by(
                "-pk"
            )[:20]
        ),
    )


def taxed(line: InvoiceLine) -> Taxed:
    """Return a line's net amount with its tax."""
    return Taxed(line.net_amount, line.tax_amount)


def days_freed(invoice: Invoice) -> list[Days]:
    """Return the days on an invoice by service; free are those its schedule still ends with."""
    spans: dict[int, tuple[str, date, date]] = {}
    lines = InvoiceLine.objects.filter(invoice=invoice, span__isnull=False)
    for line in lines.select_related("subscription").order_by("pk"):
        if line.subscription is None or line.span is None:
            continue
        name, start, end = spans.get(
            line.subscription.pk, (line.subscription.connection_id, date.max, date.min)
        )
        spans[line.subscription.pk] = (name, min(start, line.span.lower), max(end, line.span.upper))
    until = dict(
        Schedule.objects.filter(subscription__in=spans).values_list(
            "subscription_id", "billed_until"
        )
    )
    return [
        Days(name, start, end, is_free=until.get(pk) == end)
        for pk, (name, start, end) in spans.items()
    ]
