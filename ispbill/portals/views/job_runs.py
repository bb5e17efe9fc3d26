"""The job log: what ran, what is running, and whether the timetable is kept."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.audit.models import JobRun
from ispbill.audit.queries import job_days, job_runs
from ispbill.audit.rules import job_titles
from ispbill.audit.services import run_now
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.portals.forms.audit import JobFilters
from ispbill.portals.views import job_words
from ispbill.schedule import TIMETABLE

_PER_PAGE = 50


@staff_only("jobs.view")
@require_GET
def index(request: Request) -> HttpResponse:
    """Show whether the timetable is kept, or the log of all runs."""
    form = JobFilters(request.GET)
    form.is_valid()
    kind = request.GET.get("kind", "")
    if kind == job_words.LOG or any(form.cleaned_data.values()):
        return _log(request, form)
    at, zone = clock.now(), clock.zone()
    table = job_runs.punctuality(at=at, real_at=clock.real_now(), zone=zone)
    days = job_days.marked([row.scheduled.job for row in table], at=at, zone=zone)
    found = job_words.rows(table, days)
    shown = [row for row in found if row["kind"] == kind] if kind in job_titles.KINDS else found
    context = {
        "title": _("Job runs"),
        "at": at,
        "headline": job_words.headline(table, at=at),
        "exceptions": job_words.exceptions(table),
        "groups": job_words.by_time_of_day(shown),
        "tabs": job_words.tabs(found, kind if kind in job_titles.KINDS else ""),
        "timetable": table,
        "first_day": at.astimezone(zone).date() - timedelta(days=job_days.DAYS - 1),
        "may_run": may(request.user, "jobs.run"),
    }
    return responses.varied(render(request, "audit/staff/timetable.html", context))


def _log(request: Request, form: JobFilters) -> HttpResponse:
    given = form.cleaned_data
    found = job_runs.runs(job=given.get("job", ""), status=given.get("status", ""))
    page = Paginator(found, _PER_PAGE).get_page(request.GET.get("page", "1"))
    context = {
        "title": _("Job runs"),
        "form": form,
        "page": page,
        "job_title": job_titles.title(given["job"]) if given.get("job") else "",
        "back_url": reverse("staff_audit:job-runs"),
    }
    return responses.region(
        request, context, part="audit/staff/_runs.html", page="audit/staff/runs.html"
    )


@staff_only("jobs.view")
@require_GET
def detail(request: Request, pk: int) -> HttpResponse:
    run = get_object_or_404(JobRun, pk=pk)
    context = {
        "title": job_titles.title(run.job),
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
        **job_runs.progress(run),
    }
    return render(request, "audit/staff/run.html", context)


@staff_only("jobs.view")
@require_GET
def progress(request: Request, pk: int) -> HttpResponse:
    """The progress bar alone; says 286 once the run is over, which ends the polling."""
    run = get_object_or_404(JobRun, pk=pk)
    response = render(request, "ui/_progress.html", job_runs.progress(run))
    if not run.is_running:
        return responses.last(response)
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
        with responses.refusals_in(form, "reason"):
            run_now.start(job=job, act=Act.now(request.user, reason=form.cleaned_data["reason"]))
            return _gone_to_log(request)
    context = {
        "title": _("Run now"),
        "row": row,
        "form": form,
        "form_action": request.path,
        "confirm_label": _("Run now"),
        "effects": [_(row.why)],
    }
    return responses.form_page(request, "audit/staff/run_now.html", context)


def _gone_to_log(request: Request) -> HttpResponse:
    target = reverse("staff_audit:job-runs")
    return responses.go(request, target)
