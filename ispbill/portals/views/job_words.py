"""The page of the timetable: its headline, its exceptions, its jobs by the time of day."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ispbill.audit.models import JobRun
from ispbill.audit.queries.job_days import Marked
from ispbill.audit.queries.job_runs import Punctuality
from ispbill.audit.rules import job_titles

LOG = "log"
_TROUBLE = {JobRun.Status.FAILED, JobRun.Status.PARTIAL}


def headline(table: list[Punctuality], *, at: datetime) -> dict[str, Any]:
    """Say whether the timetable is kept, and what comes next."""
    late = [row for row in table if row.is_missed]
    turns = [(row.due_at, row.scheduled.job) for row in table if row.due_at and row.due_at > at]
    next_at, next_job = min(turns, default=(None, ""))
    text = _("All %(all)d on time") % {"all": len(table)}
    if late:
        words = ngettext("%(n)d of %(all)d is late", "%(n)d of %(all)d are late", len(late))
        text = words % {"n": len(late), "all": len(table)}
    return {
        "text": text,
        "is_late": bool(late),
        "next": job_titles.title(next_job) if next_job else "",
        "next_at": next_at,
    }


def exceptions(table: list[Punctuality]) -> list[dict[str, Any]]:
    """Return what is late, and whose last run did not do all it should."""
    found = []
    for row in table:
        run = row.last_run
        if row.is_missed:
            said = _("Not run when it should have been: are the scheduler and the workers running?")
            found.append(_exception(row, said, tone="danger", symbol="alert-circle"))
        elif run is not None and run.status in _TROUBLE:
            is_failed = run.status == JobRun.Status.FAILED
            said = run.error.splitlines()[0][:160] if run.error else did(run)
            tone, symbol = ("danger", "circle-x") if is_failed else ("warning", "alert-triangle")
            found.append(_exception(row, said, tone=tone, symbol=symbol))
    return found


def rows(table: list[Punctuality], days: dict[str, Marked]) -> list[dict[str, Any]]:
    """Return the jobs as the page shows them."""
    return [
        {
            "job": row.scheduled.job,
            "title": job_titles.title(row.scheduled.job),
            "kind": job_titles.kind(row.scheduled.job),
            "scheduled": row.scheduled,
            "is_missed": row.is_missed,
            "last_at": row.last_success,
            "did": did(row.last_run) if row.last_run else "",
            "has_trouble": bool(row.last_run and row.last_run.failed),
            "took": row.last_run.duration if row.last_run else None,
            "days": days[row.scheduled.job],
            "run": row.last_run,
        }
        for row in table
    ]


def by_time_of_day(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Fold the jobs: those that run all day, then those with a time, by the clock."""
    through = [row for row in found if row["scheduled"].at is None]
    timed = [row for row in found if row["scheduled"].at is not None]
    timed.sort(key=lambda row: row["scheduled"].at)
    groups = ((_("Through the day"), through), (_("Every night and morning"), timed))
    return [{"label": label, "rows": part} for label, part in groups if part]


def tabs(found: list[dict[str, Any]], chosen: str) -> list[dict[str, Any]]:
    """Return all jobs, those of each kind of work, and the log."""
    base = reverse("staff_audit:job-runs")
    parts = [("", _("All"), len(found))]
    for key, label in job_titles.KINDS.items():
        parts.append((key, str(label), sum(row["kind"] == key for row in found)))
    return [
        {
            "label": label,
            "url": f"{base}?kind={key}" if key else base,
            "current": key == chosen,
            "count": count,
        }
        for key, label, count in [*parts, (LOG, _("All runs"), None)]
    ]


def did(run: JobRun) -> str:
    """Say what a run did, in a few words."""
    if run.is_running:
        return _("Running")
    parts = [
        _("%(n)d done") % {"n": run.processed} if run.processed else "",
        _("%(n)d failed") % {"n": run.failed} if run.failed else "",
    ]
    return ", ".join(filter(None, parts)) or _("Nothing to do")


def _exception(row: Punctuality, said: str, *, tone: str, symbol: str) -> dict[str, Any]:
    run = row.last_run
    return {
        "title": job_titles.title(row.scheduled.job),
        "text": said,
        "at": run.started_at if run else row.last_success,
        "url": reverse("staff_audit:job-run", args=[run.pk]) if run else "",
        "tone": tone,
        "symbol": symbol,
    }
