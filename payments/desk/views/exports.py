"""Tables to download: CSV a spreadsheet opens as it is, and XLSX with real numbers and days."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from billing.allocation.queries import paid_with
from ispbill.accounts.access import MOST_UNPROVEN, demand_proof_for_file, staff_only
from ispbill.accounts.downloads import csv_file, xlsx_file
from ispbill.accounts.http import Request
from payments.desk.forms.staff import Find
from payments.desk.queries import register

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
