"""Reading the job log: runs, and whether the timetable is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Max, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.urls import reverse

from ispbill.audit.models import JobRun
from ispbill.core import heartbeats
from ispbill.schedule import TIMETABLE, Scheduled

# A job with slots may take its time; a frequent one may miss two turns.
_SLOT_GRACE = timedelta(minutes=30)
_TURNS_MISSED = 3
_FREQUENT_GRACE = timedelta(minutes=1)
_TREND = 30  # runs
_DONE = (JobRun.Status.COMPLETED, JobRun.Status.PARTIAL)


@dataclass(frozen=True)
class Punctuality:
    """One line of the timetable and how well it is kept."""

    scheduled: Scheduled
    last_success: datetime | None
    due_at: datetime | None  # the next turn, None where none has been seen yet
    is_missed: bool
    last_run: JobRun | None
    seconds: list[float]  # how long the latest finished runs took, oldest first

    @property
    def usual(self) -> timedelta | None:
        """How long a run usually takes."""
        return timedelta(seconds=median(self.seconds)) if self.seconds else None


def runs(*, job: str = "", status: str = "") -> QuerySet[JobRun]:
    """Return runs newest first."""
    found = JobRun.objects.order_by("-pk")
    if job:
        found = found.filter(job=job)
    if status:
        found = found.filter(status=status)
    return found


def punctuality(
    *, at: datetime, real_at: datetime, zone: ZoneInfo, with_lengths: bool = True
) -> list[Punctuality]:
    """Return each job of the timetable with its last success and whether it was missed.

    `at` is the business moment, which the log is written in; signs of life are in real time.
    """
    names = [row.job for row in TIMETABLE]
    logged = JobRun.objects.values("job").annotate(
        first=Min("started_at"), last=Max("finished_at", filter=Q(status__in=_DONE))
    )
    known = list(logged)
    succeeded = {row["job"]: row["last"] for row in known}
    begun = min((row["first"] for row in known), default=None)
    # A slot that was over before the first one was opened had no row, and nobody missed it.
    firsts = {row["job"] for row in known}
    latest = {
        run.job: run
        for run in JobRun.objects.filter(job__in=names)
        .order_by("job", "-started_at", "-pk")
        .distinct("job")
    }
    lengths = _lengths(names) if with_lengths else {}
    alive = heartbeats.alive_since()
    found = []
    for row in TIMETABLE:
        success = succeeded.get(row.job)
        seen = heartbeats.last_done(row.task)
        if seen is not None:
            # Both clocks run equally fast: what was an hour ago really was one in business time.
            success = max(filter(None, [success, at - (real_at - seen)]))
        found.append(
            Punctuality(
                scheduled=row,
                last_success=success,
                due_at=_next_turn(row, success, at=at, zone=zone),
                is_missed=_is_missed(
                    row,
                    success,
                    at=at,
                    zone=zone,
                    begun=None if row.until and row.job not in firsts else begun,
                    alive=at - (real_at - alive) if alive is not None else None,
                ),
                last_run=latest.get(row.job),
                seconds=lengths.get(row.job, []),
            )
        )
    return found


def missed(*, at: datetime, real_at: datetime, zone: ZoneInfo) -> list[str]:
    """Return the jobs of the timetable that should have run and did not."""
    table = punctuality(at=at, real_at=real_at, zone=zone, with_lengths=False)
    return [row.scheduled.job for row in table if row.is_missed]


def _lengths(names: list[str]) -> dict[str, list[float]]:
    """Return how long the latest runs of each job took, in seconds, oldest first."""
    latest_first = [F("started_at").desc(), F("pk").desc()]
    place = Window(RowNumber(), partition_by=F("job"), order_by=latest_first)
    runs = (
        JobRun.objects.filter(job__in=names, finished_at__isnull=False)
        .annotate(place=place)
        .filter(place__lte=_TREND)
        .order_by("started_at", "pk")
        .values_list("job", "duration")
    )
    found: dict[str, list[float]] = {}
    for job, length in runs:
        found.setdefault(job, []).append(length.total_seconds())
    return found


def _is_missed(
    row: Scheduled,
    success: datetime | None,
    *,
    at: datetime,
    zone: ZoneInfo,
    begun: datetime | None,
    alive: datetime | None,
) -> bool:
    if row.every is not None:
        allowed = row.every * _TURNS_MISSED + _FREQUENT_GRACE
        # Turns are counted from the scheduler's start: switched off, nobody was late.
        since = max(filter(None, [success, alive]), default=None)
        return since is None or at - since > allowed
    # The latest turn whose grace is over: one that is still in its grace hides no earlier one.
    turn = row.latest_slot((at - _SLOT_GRACE).astimezone(zone))
    # Nobody can be late for a turn from before the log began: a new installation has missed none.
    since = success or begun
    return since is not None and since < turn


def _next_turn(
    row: Scheduled, success: datetime | None, *, at: datetime, zone: ZoneInfo
) -> datetime | None:
    if row.every is not None:
        return success + row.every if success is not None else None
    step = timedelta(hours=1) if row.is_hourly else timedelta(days=1)
    return row.latest_slot(at.astimezone(zone)) + step


def progress(run: JobRun) -> dict[str, Any]:
    """Return what `ui/_progress.html` shows of a run."""
    done = run.processed + run.skipped + run.failed
    is_done = run.status == JobRun.Status.COMPLETED  # what was counted before and not found: gone
    return {
        "done": done,
        "total": done if is_done else run.total or done,
        "running": run.is_running,
        "poll_url": reverse("staff_audit:job-progress", args=[run.pk]),
        "label": run.step or run.job,
        "succeeded": run.processed,
        "skipped": run.skipped,
        "failed": run.failed,
        "started_by": run.started_by_name,
    }
