"""What is done to the ticked rows of the list, or to everything a filter leaves."""

from typing import Any, cast

from django import forms
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from customers.forms.bulk import BulkArea, BulkCollector, BulkTag
from customers.services import bulk, bulk_runs
from customers.views import chosen
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.audit.models import JobRun
from ispbill.core import clock
from ispbill.core.acts import Act


@require_http_methods(["GET", "POST"])
@staff_only("customers.edit")
def change(request: Request, what: str) -> HttpResponse:
    """Ask for the change, then make it: tag, area or collector."""
    given = request.POST if request.method == "POST" else request.GET
    rows = chosen.of(request, given)
    form = _form(request, what, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            chosen.check(rows)
            if len(rows.ids) > bulk_runs.AT_ONCE:
                return _in_the_background(request, what, form, rows.ids)
            count = len(_apply(request, what, form, rows.ids))
            text = ngettext("%(n)d customer changed.", "%(n)d customers changed.", count)
            return responses.done(
                request, text % {"n": count}, back=reverse("staff_customers:index")
            )
    context: dict[str, Any] = {
        "form": form,
        "count": len(rows.ids),
        "is_job": len(rows.ids) > bulk_runs.AT_ONCE,
        "repeated": rows.repeated,
        "form_action": request.path,
        "title": {"tag": _("Tag"), "area": _("Change area"), "collector": _("Assign collector")}[
            what
        ],
    }
    return responses.form_page(request, "customers/staff/bulk.html", context)


@require_GET
@staff_only("customers.view")
def run(request: Request, pk: int) -> HttpResponse:
    """Show how far a change in the background is; the last answer stops the asking."""
    job = _own_run(request, pk)
    has_file = not job.is_running and bulk_runs.result_path(job).is_file()
    context = {
        "run": job,
        "done": job.processed + job.skipped + job.failed,
        "has_failed": job.status == JobRun.Status.FAILED,
        "poll_url": request.path,
        "result_url": reverse("staff_customers:bulk-file", args=[pk]) if has_file else "",
        "problem": job.error.partition(": ")[2],
        "words": bulk_runs.words_of(job),
    }
    return responses.polled(
        request,
        context,
        part="customers/staff/_bulk_run.html",
        page="customers/staff/bulk_run.html",
        is_over=not job.is_running,
    )


@require_GET
@staff_only("customers.view")
def file(request: Request, pk: int) -> HttpResponse:
    """Send what became of each customer to the person who made the change."""
    path = bulk_runs.result_path(_own_run(request, pk))
    if not path.is_file():
        raise Http404
    streamed = FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=f"changed-customers-{pk}.csv",
        content_type="text/csv; charset=utf-8",
    )
    return cast("HttpResponse", streamed)


def _own_run(request: Request, pk: int) -> JobRun:
    """Find a job for the person who started it: that person may see it, whatever the change was."""
    return get_object_or_404(JobRun, pk=pk, job=bulk_runs.JOB, started_by_id=request.user.pk)


def _in_the_background(
    request: Request, what: str, form: forms.Form, ids: list[int]
) -> HttpResponse:
    read = form.cleaned_data
    values: dict[str, Any] = {}
    if what == "tag":
        what, values = "untag" if read["takes_off"] else "tag", {"word": read["word"]}
    else:
        values = {what: read[what].pk if read[what] is not None else None}
    job = bulk_runs.start(what=what, values=values, customers=ids, act=Act.now(request.user))
    url = reverse("staff_customers:bulk-run", args=[job.pk])
    return responses.go(request, url)


def _form(request: Request, what: str, data: QueryDict | None) -> forms.Form:
    if what == "tag":
        return BulkTag(data)
    if what == "area":
        return BulkArea(data, user=request.user)
    if what == "collector":
        return BulkCollector(data, user=request.user)
    raise Http404


def _apply(request: Request, what: str, form: forms.Form, ids: list[int]) -> list[int]:
    read, at = form.cleaned_data, clock.now()
    if what == "area":
        return bulk.change_area(customers=ids, area=read["area"], act=Act(request.user, at))
    if what == "collector":
        return bulk.assign_collector(
            customers=ids, collector=read["collector"], act=Act(request.user, at)
        )
    verb = bulk.untag if read["takes_off"] else bulk.tag
    return verb(customers=ids, word=read["word"], act=Act(request.user, at))
