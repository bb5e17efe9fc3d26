"""Print ticked customers: their open bills or labels with their addresses, made by a worker."""

from typing import cast
from uuid import uuid4

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from billing.dunning.views import chosen
from billing.ledger.forms.prints import PrintForm
from billing.receivables.services import customer_prints
from billing.receivables.services.customer_prints import Kind
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.audit.models import JobRun
from ispbill.core import pdf
from ispbill.core.acts import Act


@require_http_methods(["GET", "POST"])
@staff_only("customers.export")
def new(request: Request) -> HttpResponse:
    """Ask what to print of the chosen customers; POST has it made, once for each key."""
    ids = chosen.ids(request)
    bills = len(customer_prints.bills_of(ids))
    initial = {"key": uuid4(), "ids": ",".join(map(str, ids)), "kind": Kind.BILLS}
    form = PrintForm(request.POST or None, initial=initial)
    if pdf.is_available():
        refusal = chosen.refusal(ids)
    else:
        refusal = _("This machine lacks the libraries PDF files are made with.")
    if request.method == "POST" and not refusal and form.is_valid():
        with responses.refusals_in(form):
            run = customer_prints.request(
                kind=Kind(form.cleaned_data["kind"]),
                customers=ids,
                key=str(form.cleaned_data["key"]),
                act=Act.now(request.user),
            )
            url = reverse("staff_billing:customer-print", args=[run.pk])
            return responses.go(request, url)
    context = {
        "form": form,
        "form_action": request.path,
        "count": len(ids),
        "bills": bills,
        "refusal": refusal,
    }
    status = 422 if form.errors or (refusal and request.method == "POST") else 200
    page = render(request, "billing/receivables/staff/print_customers.html", context, status=status)
    return responses.varied(page)


@require_GET
@staff_only("customers.export")
def run(request: Request, pk: int) -> HttpResponse:
    """Show how far a print is, and its files; the last answer stops the asking."""
    row = _own(request, pk)
    context = {
        "run": row,
        "is_bills": row.detail["kind"] == Kind.BILLS,
        "has_failed": row.status == JobRun.Status.FAILED,
        "parts": list(enumerate(row.detail["parts"], start=1)),
        "poll_url": request.path,
    }
    return responses.polled(
        request,
        context,
        part="billing/receivables/staff/_customer_print.html",
        page="billing/receivables/staff/customer_print.html",
        is_over=not row.is_running,
        target="job-progress",
    )


@require_GET
@staff_only("customers.export")
def file(request: Request, pk: int, part_no: int) -> HttpResponse:
    """Send a file to the person who asked for it."""
    row = _own(request, pk)
    path = customer_prints.file_of(row, part_no)
    if path is None:
        raise Http404
    word = "bills" if row.detail["kind"] == Kind.BILLS else "labels"
    name = f"{word}-{row.pk}-{part_no}.pdf"
    response = FileResponse(path.open("rb"), content_type="application/pdf", filename=name)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return cast(HttpResponse, response)  # streams, but is answered and guarded like any other


def _own(request: Request, pk: int) -> JobRun:
    """Find a print for the person who asked for it; nobody else has it."""
    return get_object_or_404(JobRun, pk=pk, job=customer_prints.JOB, started_by_id=request.user.pk)
