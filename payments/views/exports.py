"""Tables to download: CSV a spreadsheet opens as it is, and XLSX with real numbers and days."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from openpyxl import Workbook
from openpyxl.writer.excel import save_workbook

from ispbill.accounts.access import MOST_UNPROVEN, demand_proof_for_file, staff_only
from ispbill.accounts.http import Request
from payments.forms.staff import Find
from payments.queries import paid_with, register

MOST_ROWS = 50_000
_BOM = "\ufeff"  # tells Excel that the file is UTF-8
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_GET
@staff_only("payments.view")
def payments(request: Request) -> HttpResponse:
    """Download the filtered payments, newest first (`?format=csv` or `xlsx`; at most 50,000)."""
    found = register.filtered(
        register.visible_to(request.user), Find(request.GET).filters()
    ).select_related("customer", "received_by", "branch")
    people = found.order_by().values("customer_id").distinct()
    demand_proof_for_file(request, people[: MOST_UNPROVEN + 1].count())
    head = [
        _("Receipt no."), _("Received"), _("Customer no."), _("Customer"), _("Amount"),
        _("Method"), _("Reference"), _("Allocated"), _("Collected by"), _("Branch"), _("State"),
        _("Reversal reason"),
    ]  # fmt: skip
    rows = (
        [
            payment.receipt_number,
            timezone.localtime(payment.received_at),
            payment.customer.number,
            payment.customer.name,
            payment.amount,
            paid_with.words(payment.method),
            payment.reference,
            payment.allocated_amount,
            payment.received_by.name if payment.received_by is not None else "",
            payment.branch.name,
            payment.get_status_display(),
            payment.reversal_reason,
        ]
        for payment in found.order_by("-pk")[:MOST_ROWS].iterator(chunk_size=1000)
    )
    if request.GET.get("format") == "xlsx":
        return xlsx_file("payments", head, rows)
    return csv_file("payments", head, rows)


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """Return rows as CSV; a text that a spreadsheet would take for a formula is defused."""
    response = HttpResponse(_BOM, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    writer = csv.writer(response)
    writer.writerow(head)
    writer.writerows([_text(value) for value in row] for row in rows)
    return response


def xlsx_file(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """Return rows as a workbook of one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.freeze_panes = "A2"
    sheet.append(list(head))
    for row in rows:
        sheet.append([_cell(value) for value in row])
    file = BytesIO()
    save_workbook(book, file)
    response = HttpResponse(
        file.getvalue(),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return _defused(value) if isinstance(value, str) else str(value)


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, Decimal):
        return value
    return _defused(value) if isinstance(value, str) else value


def _defused(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
