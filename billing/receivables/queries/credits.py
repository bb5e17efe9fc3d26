"""Credit notes and write-offs: which a person may see, page by page, and one with its lines."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import QuerySet, Sum

from billing.invoices.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine
from billing.ledger.models import JournalEntry
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from ispbill.core import keyset
from ispbill.core.keyset import Page
from ispbill.core.money import Taxed

SIZE = 50


def visible_to(user: User, *, customer_ids: Iterable[int] | None = None) -> QuerySet[CreditNote]:
    """Return the notes a person may open; portal requests pass the accounts they may see."""
    notes = CreditNote.objects.all()
    if customer_ids is not None:
        return notes.filter(customer_id__in=customer_ids, kind=CreditNote.Kind.CREDIT)
    if not user.is_console_user:
        return notes.none()
    branch = branch_scope(user)
    return notes if branch is None else notes.filter(branch_id=branch)


def page(notes: QuerySet[CreditNote], *, after: str = "", before: str = "") -> Page[CreditNote]:
    """Return one page, newest first."""
    rows = notes.select_related("customer", "invoice", "created_by")
    return keyset.page(rows, size=SIZE, after=after, before=before)


def totals(notes: QuerySet[CreditNote]) -> tuple[Decimal, Decimal]:
    """Return what is credited and what is written off in the filtered set."""
    sums = dict(
        notes.order_by().values("kind").annotate(sum=Sum("total_amount")).values_list("kind", "sum")
    )
    zero = Decimal(0)
    return sums.get(CreditNote.Kind.CREDIT, zero), sums.get(CreditNote.Kind.WRITE_OFF, zero)


def lines_of(note: CreditNote) -> list[CreditNoteLine]:
    """Return a note's lines with the lines they correct."""
    return list(note.lines.select_related("line", "account").order_by("pk"))


def entries_of(note: CreditNote) -> list[JournalEntry]:
    """Return how a note is booked."""
    return list(
        JournalEntry.objects.filter(source_type="credit_note", source_id=note.pk)
        .prefetch_related("postings__account")
        .order_by("pk")
    )


def of_invoice(invoice: Invoice) -> list[CreditNote]:
    """Return an invoice's notes, oldest first."""
    return list(CreditNote.objects.filter(invoice=invoice).order_by("pk"))


def credited(invoice: Invoice) -> dict[int, Taxed]:
    """Return what notes have given back of each line, by line id; as the line's own sign."""
    rows = (
        CreditNoteLine.objects.filter(line__invoice=invoice)
        .values("line_id")
        .annotate(net=Sum("net_amount"), tax=Sum("tax_amount"))
    )
    return {row["line_id"]: Taxed(row["net"], row["tax"]) for row in rows}


def left_of_lines(invoice: Invoice) -> list[tuple[InvoiceLine, Taxed]]:
    """Return an invoice's lines with what may still be credited of each."""
    before = credited(invoice)
    return [
        (line, Taxed(line.net_amount, line.tax_amount) - before.get(line.pk, Taxed.nothing()))
        for line in invoice.lines.order_by("pk")
    ]
