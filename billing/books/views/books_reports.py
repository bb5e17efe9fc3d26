"""What the books hand out: deferred revenue, the tax report, and the accountant's files."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from billing.books.forms.ledger import SpanForm
from billing.books.queries import books_export, closing
from billing.books.views import ledger_words
from billing.ledger.queries import deferral, tax_report
from billing.ledger.rules import months
from billing.pricing.views import words
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats, sheets
from ispbill.core.models import Company
from ispbill.core.money import AmountRefused, parse_number
from ispbill.core.sheets import Cell

PER_PAGE = 50
_RATE_DIGITS = Decimal("0.00001")


@require_GET
@staff_only("ledger.view")
def deferred(request: Request) -> HttpResponseBase:
    """Show account 2400 month by month, and what is still to earn of each customer."""
    form = SpanForm(request.GET)
    today = clock.today()
    as_of = form.read().get("end") or today - timedelta(days=1)
    branch = form.chosen_branch
    if request.GET.get("file"):
        head = [
            _("Customer number"), _("Customer"), _("Billed ahead"), _("Given back"), _("Earned"),
            _("Still to earn"), _("Until"),
        ]  # fmt: skip
        shares = deferral.by_customer(as_of=as_of, branch_id=branch, limit=10**9)
        rows = (
            (one.number, one.name, one.billed, one.credited, one.earned, one.remaining, one.until)
            for one in shares
        )
        return _file(request, "deferred-revenue", head, rows)
    language = get_language() or "en"
    page = _page(request)
    shares = deferral.by_customer(
        as_of=as_of, branch_id=branch, limit=PER_PAGE + 1, offset=(page - 1) * PER_PAGE
    )
    context = {
        "form": form,
        "as_of": as_of,
        "sums": deferral.sums(as_of=as_of, branch_id=branch),
        "months": [
            {"row": one, "name": formats.month(one.first, language)}
            for one in deferral.roll_forward(end=as_of, branch_id=branch)
        ],
        "shares": shares[:PER_PAGE],
        "page": page,
        "has_more": len(shares) > PER_PAGE,
        "recognised_through": deferral.recognised_through(),
        "is_on": Company.current().defers_revenue,
        "export_query": request.GET.urlencode(),
        "tabs": ledger_words.tabs(request),
    }
    return render(request, "billing/books/staff/deferred.html", context)


@require_GET
@staff_only("ledger.view")
def tax(request: Request) -> HttpResponseBase:
    """Show the tax of a period by rate; the rows behind a rate, on the page or as a file."""
    form = SpanForm(request.GET)
    read = form.read()
    last_month = months.first_of(clock.today()) - timedelta(days=1)
    start = read.get("start") or months.first_of(read.get("end") or last_month)
    end = max(read.get("end") or months.last_of(start), start)
    branch, rate = form.chosen_branch, _rate(request.GET.get("rate", ""))
    found = tax_report.rows(start=start, end=end, branch_id=branch, rate=rate)
    if request.GET.get("file"):
        head = [
            _("Booked on"), _("Kind"), _("Number"), _("Issued"), _("Customer number"),
            _("Customer"), _("Rate"), _("Net"), _("Tax"), _("Entry"),
        ]  # fmt: skip
        rows: Iterable[Sequence[Cell]] = (
            (
                row.posted_on,
                row.kind,
                row.number,
                row.issued_on,
                row.customer_number,
                row.customer,
                row.rate,
                row.net,
                row.tax,
                row.entry_id,
            )
            for row in found
        )
        return _file(request, f"tax-{start}-{end}", head, rows)
    report = tax_report.report(start=start, end=end, branch_id=branch)
    closed = closing.closed_through()
    context: dict[str, Any] = {
        "form": form,
        "start": start,
        "end": end,
        "branch": branch,
        "report": report,
        "rates": [{"row": one, "name": words.percent(one.rate)} for one in report.rates],
        "rate": rate,
        "rate_name": words.percent(rate) if rate is not None else "",
        "tax_name": Company.current().tax_name,
        "is_closed": closed is not None and closed >= end,
        "tabs": ledger_words.tabs(request),
    }
    if rate is not None:
        shown = [row for row, _place in zip(found, range(PER_PAGE * 4 + 1), strict=False)]
        context |= {"rows": shown[: PER_PAGE * 4], "has_more": len(shown) > PER_PAGE * 4}
    return render(request, "billing/books/staff/tax.html", context)


@require_GET
@staff_only("ledger.view")
def export(request: Request) -> HttpResponseBase:
    """Offer the journal of some days as CSV, XLSX or plain-text accounting, and hand it out."""
    form = SpanForm(request.GET)
    last_month = months.first_of(clock.today()) - timedelta(days=1)
    read = form.read()
    start = read.get("start") or months.first_of(read.get("end") or last_month)
    end = max(read.get("end") or months.last_of(start), start)
    branch = form.chosen_branch
    wanted = request.GET.get("file", "")
    if wanted == "beancount":
        text = books_export.plain_text(start=start, end=end, branch_id=branch)
        response = StreamingHttpResponse(text, content_type="text/plain; charset=utf-8")
        name = f"journal-{start}-{end}.beancount"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    if wanted:
        head = [
            _("Entry"), _("Day"), _("Kind"), _("Document"), _("Customer number"), _("Customer"),
            _("Branch"), _("Memo"), _("Account"), _("Account name"), _("Debit"), _("Credit"),
        ]  # fmt: skip
        rows = books_export.postings(start=start, end=end, branch_id=branch)
        return _file(request, f"journal-{start}-{end}", head, rows)
    closed = closing.closed_through()
    context = {
        "form": form,
        "start": start,
        "end": end,
        "branch": branch,
        "is_closed": closed is not None and closed >= end,
        "most_xlsx": sheets.MOST_XLSX_ROWS,
        "tabs": ledger_words.tabs(request),
    }
    return render(request, "billing/books/staff/export.html", context)


def _file(
    request: Request, name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> HttpResponseBase:
    response: HttpResponseBase
    if request.GET.get("file") == "xlsx":
        response = HttpResponse(sheets.xlsx(name, head, rows), content_type=sheets.XLSX)
        response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    else:
        response = StreamingHttpResponse(sheets.csv_lines(head, rows), content_type=sheets.CSV)
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _page(request: Request) -> int:
    text = request.GET.get("page", "")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def _rate(text: str) -> Decimal | None:
    try:
        rate = parse_number(text)
    except AmountRefused:
        return None
    return rate.quantize(_RATE_DIGITS) if 0 <= rate < 1 else None
