"""The invoices of a run as files to print: asked for, watched, fetched."""

from typing import cast

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods

from billing.receivables.models import PrintPart
from billing.receivables.services import print_runs
from billing.run.models import BillingRun
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, pdf


@require_http_methods(["GET", "POST"])
@staff_only("billing.run")
def parts(request: Request, pk: int) -> HttpResponse:
    """Show the files of a run and how far they are; POST asks for them (anew)."""
    run = get_object_or_404(BillingRun, pk=pk)
    if request.method == "POST":
        print_runs.request(run=run, at=clock.now())
        return redirect("staff_billing:print-run", pk)
    found = list(PrintPart.objects.filter(run=run).order_by("part_no"))
    is_busy = any(part.state == PrintPart.State.REQUESTED for part in found)
    context = {
        "run": run,
        "parts": found,
        "is_busy": is_busy,
        "is_possible": pdf.is_available(),
        "part_size": print_runs.PART,
    }
    return responses.polled(
        request,
        context,
        part="billing/receivables/staff/_print_parts.html",
        page="billing/receivables/staff/print_run.html",
        is_over=not is_busy,
        target="print-parts",
    )


@require_GET
@staff_only("billing.run")
def part(request: Request, pk: int, part_no: int) -> HttpResponse:
    """Send the file of one part."""
    row = get_object_or_404(PrintPart, run=pk, part_no=part_no)
    path = print_runs.file_of(row)
    if path is None:
        raise Http404
    name = f"{row.first_number}–{row.last_number}.pdf"
    response = FileResponse(path.open("rb"), content_type="application/pdf", filename=name)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return cast(HttpResponse, response)  # streams, but is answered and guarded like any other
