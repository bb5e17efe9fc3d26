"""Reading the job log: runs, and whether the timetable is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max, QuerySet

from ispbill.audit.models import JobRun
from ispbill.core import heartbeats
from ispbill.schedule import TIMETABLE, Scheduled

# A job with slots may take its time; a frequent one may miss two turns.
_SLOT_GRACE = timedelta(minutes=30)
_TURNS_MISSED = 3
_FREQUENT_GRACE = timedelta(minutes=1)


@dataclass(frozen=True)
class Punctuality:
    """One line of the timetable and how well it is kept."""

    scheduled: Scheduled
    last_success: datetime | None
    due_at: datetime | None  # the next turn, None where none has been seen yet
    is_missed: bool
    last_run: JobRun | None


def runs(*, job: str = "", status: str = "") -> QuerySet[JobRun]:
    """Return runs newest first."""
    found = JobRun.objects.order_by("-pk")
    if job:
        found = found.filter(job=job)
    if status:
        found = found.filter(status=status)
    return found


def punctuality(*, at: datetime, real_at: datetime, zone: ZoneInfo) -> list[Punctuality]:
    """Return each job of the timetable with its last success and whether it was missed.

    `at` is the business moment, which the log is written in; signs of life are in real time.
    """
    names = [row.job for row in TIMETABLE]
    succeeded = {
        row["job"]: row["last"]
        for row in JobRun.objects.filter(
            job__in=names, status__in=[JobRun.Status.COMPLETED, JobRun.Status.PARTIAL]
        )
        .values("job")
        .annotate(last=Max("finished_at"))
    }
    latest = {
        run.job: run
        for run in JobRun.objects.filter(job__in=names)
        .order_by("job", "-started_at", "-pk")
        .distinct("job")
    }
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
                is_missed=_is_missed(row, success, at=at, zone=zone),
                last_run=latest.get(row.job),
            )
        )
    return found


def _is_missed(row: Scheduled, success: datetime | None, *, at: datetime, zone: ZoneInfo) -> bool:
    if row.every is not None:
        allowed = row.every * _TURNS_MISSED + _FREQUENT_GRACE
        return success is None or at - success > allowed
    turn = row.latest_slot(at.astimezone(zone))
    return at > turn + _SLOT_GRACE and (success is None or success < turn)


def _next_turn(
    row: Scheduled, success: datetime | None, *, at: datetime, zone: ZoneInfo
) -> datetime | None:
    if row.every is not None:
        return success + row.every if success is not None else None
    step = timedelta(hours=1) if row.is_hourly else timedelta(days=1)
    return row.latest_slot(at.astimezone(zone)) + step
