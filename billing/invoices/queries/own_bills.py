"""A customer's own bills, as the portal shows them; read as the portal role."""

from dataclasses import dataclass
from decimal import Decimal

from billing.invoices.models import Invoice, InvoiceLine
from billing.invoices.rules import line_words
from customers.models import Customer
from ispbill.core import formats

PER_PAGE = 12


@dataclass(frozen=True)
class Line:
    """A line of a bill in human words."""

    description: str
    days: str
    reason: str
    amount: Decimal


def page(customer: Customer, *, before: int | None = None) -> tuple[list[Invoice], int | None]:
    """Return a page of bills, newest first, and the cursor of the next page (None at the end)."""
    found = Invoice.objects.filter(customer=customer).exclude(status=Invoice.Status.DRAFT)
    if before is not None:
        found = found.filter(pk__lt=before)
    page = list(found.order_by("-pk")[: PER_PAGE + 1])
    return page[:PER_PAGE], page[PER_PAGE - 1].pk if len(page) > PER_PAGE else None


def lines_of(invoice: Invoice, *, language: str) -> list[Line]:
    """Return an invoice's lines, each explained in the reader's language."""
    style = formats.defaults().style
    return [
        Line(
            description=line.description,
            days=_days(line, language),
            reason=line_words.reason(line.explanation, language, style),
            amount=line.net_amount,
        )
        for line in invoice.lines.order_by("pk")
    ]


def _days(line: InvoiceLine, language: str) -> str:
    if line.span is None:
        return ""
    return formats.period(line.span.lower, line.span.upper, language)
