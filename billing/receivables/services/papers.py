"""The documents billing itself makes: invoices, credit notes and statements."""

from datetime import date

from billing.invoices.queries import invoice_paper
from billing.invoices.services.documents import Paper, Wanted
from billing.receivables.queries import credit_paper, statement_paper

RANGE = ".."


def invoice(wanted: Wanted) -> Paper:
    """Lay out an invoice. Raises Invoice.DoesNotExist."""
    context = invoice_paper.context(wanted.source_id, wanted.language)
    return Paper("billing/receivables/pdf/invoice.html", context)


def credit_note(wanted: Wanted) -> Paper:
    """Lay out a credit note. Raises CreditNote.DoesNotExist."""
    context = credit_paper.context(wanted.source_id, wanted.language)
    return Paper("billing/receivables/pdf/credit_note.html", context)


def statement(wanted: Wanted) -> Paper:
    """Lay out a customer's statement; the variant is `2026-01-01..2026-01-31`, both included."""
    start, end = days_of(wanted.variant)
    context = statement_paper.context(wanted.source_id, wanted.language, start=start, end=end)
    return Paper("billing/receivables/pdf/statement.html", context)


def variant_of(start: date, end: date) -> str:
    """Return the variant of a statement over these days, both included."""
    return f"{start.isoformat()}{RANGE}{end.isoformat()}"


def days_of(variant: str) -> tuple[date, date]:
    """Return the first and last day of a statement's variant. Raises ValueError."""
    first, _sign, last = variant.partition(RANGE)
    return date.fromisoformat(first), date.fromisoformat(last)
