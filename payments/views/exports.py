"""Tables to download: CSV a spreadsheet opens as it is, and XLSX with real numbers and days."""

from collections.abc import Iterable, Sequence

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ispbill.accounts.access import MOST_UNPROVEN, demand_proof_for_file, staff_only
from ispbill.accounts.http import Request
from ispbill.core import sheets
from ispbill.core.sheets import Cell
from payments.forms.staff import Find
from payments.queries import paid_with, register

MOST_ROWS = 50_000


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


def csv_file(name: str, head: Sequence[Cell], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """Return rows as CSV."""
    response = HttpResponse("".join(sheets.csv_lines(head, rows)), content_type=sheets.CSV)
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def xlsx_file(name: str, head: Sequence[Cell], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """Return rows as a workbook of one sheet."""
    response = HttpResponse(sheets.xlsx(name, head, rows), content_type=sheets.XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response
