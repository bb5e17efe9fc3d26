"""Taking the list out as a file: CSV or XLSX of everything the filters leave."""

import io
from pathlib import Path
from typing import cast

from django.conf import settings
from django.http import (
    FileResponse,
    Http404,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET

from customers.forms.listing import Filtering
from customers.queries import directory, export
from customers.services import exporting
from customers.views import scope
from ispbill.accounts import responses
from ispbill.accounts.access import demand_proof, demand_proof_for_file, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.models import JobRun
from ispbill.core import clock
from ispbill.core.acts import Act


@require_GET
@staff_only("customers.export")
def download(request: Request, file_format: str) -> HttpResponse:
    """Send the file at once when it is small, or start a job and show its progress."""
    if file_format not in exporting.FORMATS:
        raise Http404
    filters = Filtering(request.GET).filters()
    customers = directory.everybody(scope.customers(request), filters, on=clock.today())
    total = customers.order_by()[: exporting.AT_ONCE + 1].count()
    demand_proof_for_file(request, total)
    exporting.note(act=Act.now(request.user), count=total, file_format=file_format)
    if total > exporting.AT_ONCE:
        chosen = request.session.get("branch_id")
        run = exporting.start(
            filters=filters,
            branch_id=int(chosen) if chosen else None,
            file_format=file_format,
            act=Act.now(request.user),
            total=directory.find(customers, filters, on=clock.today()).count.number,
        )
        return HttpResponseRedirect(reverse("staff_customers:export-run", args=[run.pk]))
    rows = export.rows(customers, zone=clock.zone())
    if file_format == "csv":
        response = _as_response(StreamingHttpResponse(exporting.csv_chunks(rows)))
    else:
        book = io.BytesIO()
        exporting.write_xlsx(rows, book)
        response = HttpResponse(book.getvalue())
    response["Content-Type"] = exporting.FORMATS[file_format]
    name = f"customers-{clock.today().isoformat()}.{file_format}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_GET
@staff_only("customers.export")
def run(request: Request, pk: int) -> HttpResponse:
    """Show how far an export is; the last answer stops the asking."""
    job = _own_run(request, pk)
    context = {
        "run": job,
        "has_failed": job.status == JobRun.Status.FAILED,
        "poll_url": request.path,
        "result_url": reverse("staff_customers:export-file", args=[pk])
        if job.detail.get("path")
        else "",
    }
    return responses.polled(
        request,
        context,
        part="customers/staff/_export.html",
        page="customers/staff/export.html",
        is_over=not job.is_running,
    )


@require_GET
@staff_only("customers.export")
def file(request: Request, pk: int) -> HttpResponse:
    """Send the finished file to the person who asked for it."""
    job = _own_run(request, pk)
    demand_proof(request)  # jobs make the large files only
    path = Path(settings.MEDIA_ROOT) / str(job.detail.get("path", ""))
    if not job.detail.get("path") or not path.is_file():
        raise Http404
    day = clock.local_date(job.started_at).isoformat()
    name = f"customers-{day}{path.suffix}"
    return _as_response(FileResponse(path.open("rb"), as_attachment=True, filename=name))


def _as_response(streamed: StreamingHttpResponse) -> HttpResponse:
    """Guards are typed for HttpResponse; of a streamed one they touch the headers only."""
    return cast("HttpResponse", streamed)


def _own_run(request: Request, pk: int) -> JobRun:
    return get_object_or_404(JobRun, pk=pk, job=exporting.JOB, started_by_id=request.user.pk)
