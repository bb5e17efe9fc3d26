"""PDF documents for staff and for the portal: the file, or a page that waits for it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_http_methods

from billing.invoices.queries import bills
from billing.invoices.services import documents
from billing.invoices.services.documents import Wanted
from billing.receivables.queries import credits
from billing.receivables.services import papers
from customers.models import Customer
from customers.queries import directory
from ispbill.accounts import responses
from ispbill.accounts.access import customer_only, staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, pdf, rls, typed_days

LONGEST_STATEMENT_DAYS = 366 * 3


@dataclass(frozen=True)
class Asked:
    """A document somebody may have: the permission has been checked."""

    kind: str
    source_id: int
    language: str
    customer: Customer | None  # None: a paper of the house
    title: str  # also the file's name
    shell: str
    variant: str = ""


@staff_only("billing.view")
@require_http_methods(["GET", "POST"])
def staff_invoice(request: Request, number: str) -> HttpResponse:
    """The PDF of an invoice; POST tries a failed one again."""
    invoice = get_object_or_404(
        bills.visible_to(request.user).select_related("customer"), number=number
    )
    return answer(
        request,
        Asked(
            "INVOICE", invoice.pk, invoice.language, invoice.customer, number, "staff/shell.html"
        ),
    )


@customer_only
@require_http_methods(["GET", "POST"])
def portal_invoice(request: Request, number: str) -> HttpResponse:
    """The PDF of an own invoice."""
    mine = bills.visible_to(request.user, customer_ids=request.customer_ids)
    invoice = get_object_or_404(mine.select_related("customer"), number=number)
    return answer(
        request,
        Asked(
            "INVOICE", invoice.pk, invoice.language, invoice.customer, number, "customer/shell.html"
        ),
    )


@staff_only("billing.view")
@require_http_methods(["GET", "POST"])
def staff_credit_note(request: Request, number: str) -> HttpResponse:
    """The PDF of a credit note or a write-off."""
    note = get_object_or_404(
        credits.visible_to(request.user).select_related("customer"), number=number
    )
    asked = Asked("CREDIT_NOTE", note.pk, note.language, note.customer, number, "staff/shell.html")
    return answer(request, asked)


@customer_only
@require_http_methods(["GET", "POST"])
def portal_credit_note(request: Request, number: str) -> HttpResponse:
    """The PDF of an own credit note."""
    mine = credits.visible_to(request.user, customer_ids=request.customer_ids)
    note = get_object_or_404(mine.select_related("customer"), number=number)
    asked = Asked(
        "CREDIT_NOTE", note.pk, note.language, note.customer, number, "customer/shell.html"
    )
    return answer(request, asked)


@staff_only("billing.view")
@require_http_methods(["GET", "POST"])
def staff_statement(request: Request, number: str) -> HttpResponse:
    """A customer's statement as PDF, `?from=…&to=…`; the last three months without them."""
    customer = get_object_or_404(directory.visible_to(request.user), number=number)
    return _statement(request, customer, "staff/shell.html")


@customer_only
@require_http_methods(["GET", "POST"])
def portal_statement(request: Request, number: str) -> HttpResponse:
    """The statement of an own account as PDF."""
    mine = directory.visible_to(request.user, customer_ids=request.customer_ids)
    return _statement(request, get_object_or_404(mine, number=number), "customer/shell.html")


def answer(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Send the file if it is there and true; otherwise have it made and show a page that waits."""
    if not pdf.is_available():
        return _print_page(asked)
    now = clock.now()
    with rls.as_house():
        row = documents.request(
            kind=asked.kind,
            source_id=asked.source_id,
            language=asked.language,
            customer=asked.customer,
            variant=asked.variant,
            at=now,
        )
        if request.method == "POST":
            documents.retry(document=row, at=now)
            return redirect(request.get_full_path())
    path = documents.file_of(row)
    htmx = getattr(request, "htmx", None)
    if path is not None and not htmx:
        return _file(path, asked)
    context = {
        "asked": asked,
        "is_ready": path is not None,
        "is_failed": row.is_failed,
        "address": request.get_full_path(),
    }
    if htmx:
        response = render(request, "billing/invoices/documents/_waiting.html", context)
        # htmx asks from the waiting page; the same address serves the file itself.
        return responses.varied(response)
    response = render(request, "billing/invoices/documents/waiting.html", context, status=202)
    return responses.varied(response)


def _statement(request: Request, customer: Customer, shell: str) -> HttpResponse:
    today = clock.today()
    start, end = (typed_days.read(request.GET.get(name, "")) for name in ("from", "to"))
    if start is None or end is None or not 0 <= (end - start).days <= LONGEST_STATEMENT_DAYS:
        start, end = _months_before(today, 3), today
    return answer(
        request,
        Asked(
            "STATEMENT",
            customer.pk,
            customer.language,
            customer,
            f"{customer.number} {start} – {end}",
            shell,
            papers.variant_of(start, end),
        ),
    )


def _months_before(on: date, months: int) -> date:
    """Return the first day of the month so many months before."""
    place = on.year * 12 + on.month - 1 - months
    return date(place // 12, place % 12 + 1, 1)


def _file(path: Path, asked: Asked) -> HttpResponse:
    response = FileResponse(
        path.open("rb"), content_type="application/pdf", filename=f"{asked.title}.pdf"
    )
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return cast(HttpResponse, response)  # streams, but is answered and guarded like any other


def _print_page(asked: Asked) -> HttpResponse:
    """Without the PDF libraries: the same document as a page to print from the browser."""
    page = documents.paper(Wanted(asked.kind, asked.source_id, asked.language, asked.variant))
    page.context["stylesheet"] = static(pdf.STYLE_SHEET)
    return HttpResponse(documents.html(page, asked.language))
