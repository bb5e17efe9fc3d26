"""The job log: what ran, what is running, and whether the timetable is kept."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect, HttpResponseStopPolling

from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.audit.models import JobRun
from ispbill.audit.queries import job_runs
from ispbill.audit.services import run_now
from ispbill.core import clock
from ispbill.core.errors import DomainError
from ispbill.portals.forms.audit import JobFilters
from ispbill.schedule import TIMETABLE

_PER_PAGE = 50


@staff_only("jobs.view")
@vary_on_headers("HX-Request")
@require_GET
def index(request: Request) -> HttpResponse:
    form = JobFilters(request.GET)
    form.is_valid()
    found = job_runs.runs(
        job=form.cleaned_data.get("job", ""), status=form.cleaned_data.get("status", "")
    )
    number = request.GET.get("page", "1")
    page = Paginator(found, _PER_PAGE).get_page(number)
    table = job_runs.punctuality(at=clock.now(), real_at=clock.real_now(), zone=clock.zone())
    context = {
        "title": _("Job runs"),
        "form": form,
        "page": page,
        "timetable": table,
        "missed": [row for row in table if row.is_missed],
        "may_run": may(request.user, "jobs.run"),
    }
    name = "audit/staff/_runs.html" if request.htmx else "audit/staff/runs.html"
    return render(request, name, context)


@staff_only("jobs.view")
@require_GET
def detail(request: Request, pk: int) -> HttpResponse:
    run = get_object_or_404(JobRun, pk=pk)
    context = {
        "title": str(run),
        "run": run,
        # Lists have a page of their own (the proofs); here only what is said in a word.
        "facts": [(key, value) for key, value in run.detail.items() if not isinstance(value, list)],
        "problems": run.problems.order_by("pk")[:500],
        # Every job makes up for what it could not do before: running it again is the retry.
        "retry_url": reverse("staff_audit:run-now", args=[run.job])
        if not run.is_running
        and may(request.user, "jobs.run")
        and any(row.job == run.job for row in TIMETABLE)
        else "",
        **progress_of(run),
    }
    return render(request, "audit/staff/run.html", context)


@staff_only("jobs.view")
@require_GET
def progress(request: Request, pk: int) -> HttpResponse:
    """The progress bar alone; says 286 once the run is over, which ends the polling."""
    run = get_object_or_404(JobRun, pk=pk)
    response = render(request, "ui/_progress.html", progress_of(run))
    if not run.is_running:
        return HttpResponseStopPolling(response.content)
    return response


@staff_only("jobs.run")
@require_http_methods(["GET", "POST"])
def start(request: Request, job: str) -> HttpResponse:
    """Ask for the reason, then queue the job once."""
    row = next((row for row in TIMETABLE if row.job == job), None)
    if row is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            run_now.start(
                job=job, actor=request.user, reason=form.cleaned_data["reason"], at=clock.now()
            )
            return _gone_to_log(request)
        except DomainError as refusal:
            form.add_error("reason", str(refusal))
    context = {
        "title": _("Run now"),
        "row": row,
        "form": form,
        "form_action": request.path,
        "confirm_label": _("Run now"),
        "effects": [row.why],
    }
    status = 422 if form.errors else 200
    return render(request, "audit/staff/run_now.html", context, status=status)


def _gone_to_log(request: Request) -> HttpResponse:
    target = reverse("staff_audit:job-runs")
    return HttpResponseClientRedirect(target) if request.htmx else HttpResponseRedirect(target)


def progress_of(run: JobRun) -> dict[str, Any]:
    """Return what `ui/_progress.html` shows of a run."""
    return {
        "done": run.processed + run.skipped + run.failed,
        "total": run.total or run.processed + run.skipped + run.failed,
        "running": run.is_running,
        "poll_url": reverse("staff_audit:job-progress", args=[run.pk]),
        "label": run.step or run.job,
        "succeeded": run.processed,
        "skipped": run.skipped,
        "failed": run.failed,
        "started_by": run.started_by_name,
    }
