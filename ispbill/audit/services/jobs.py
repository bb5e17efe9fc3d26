"""The job log: every scheduled or started job is a row with progress, counts and outcome."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar

from django.db import DatabaseError, connection, models

from ispbill.audit.models import JobRun, JobRunProblem
from ispbill.audit.services import fence, slots
from ispbill.core import clock, faults, live
from ispbill.core.actors import Actor
from ispbill.core.acts import Act

log = logging.getLogger(__name__)

SILENT_AFTER = timedelta(minutes=3)
"""Without a sign of life for so long, nobody is at an ordered job any more."""
_SWEPT_AT_ONCE = 50
_WORD = "job"  # what pages that show runs listen to; their counts they ask for themselves


class AlreadyRun(Exception):
    """The slot of the timetable is not to be had: taken, waiting, or over; not an error."""


@dataclass
class Tally:
    """What a job did: counts, and a few figures for people (`detail`)."""

    processed: int = 0
    skipped: int = 0
    failed: int = 0
    detail: dict[str, Any] = field(default_factory=dict)


class Progress:
    """The live side of a run: call `advance` between units of work, `problem` for each failure."""

    def __init__(self, run: JobRun) -> None:
        self.run = run

    def total(self, count: int, step: str = "") -> None:
        self._update(total=count, step=step)

    def advance(
        self, *, processed: int = 0, skipped: int = 0, failed: int = 0, step: str | None = None
    ) -> None:
        """Add to the counts and show a heartbeat."""
        values: dict[str, Any] = {
            "processed": models.F("processed") + processed,
            "skipped": models.F("skipped") + skipped,
            "failed": models.F("failed") + failed,
        }
        if step is not None:
            values["step"] = step
        self._update(**values)

    def problem(self, *, item_type: str, item_id: int, label: str, message: str) -> None:
        """Note one item that could not be done; the run goes on."""
        JobRunProblem.objects.update_or_create(
            run=self.run,
            item_type=item_type,
            item_id=item_id,
            defaults={"item_label": label[:160], "message": message, "is_resolved": False},
        )

    def _update(self, **values: Any) -> None:
        JobRun.objects.filter(pk=self.run.pk).update(heartbeat_at=clock.now(), **values)


@contextmanager
def run(
    job: str,
    *,
    at: datetime,
    trigger: str = JobRun.Trigger.MANUAL,
    scheduled_for: datetime | None = None,
    actor: Actor | None = None,
    detail: dict[str, Any] | None = None,
) -> Iterator[Progress]:
    """Log the block as a run of `job`; an exception marks it failed and goes on up.

    With a slot of the timetable (`scheduled_for`) the block works under a lease: it gives signs of
    life, writes nothing once another worker has taken over, and an error lets the slot wait for
    its next attempt. Raises AlreadyRun when the slot is not to be had: taken, waiting, or over.
    """
    if scheduled_for is not None:
        with _leased(job, scheduled_for, at=at, actor=actor, detail=detail or {}) as progress:
            yield progress
        return
    row = JobRun.objects.create(
        job=job,
        trigger=trigger,
        started_at=at,
        heartbeat_at=at,
        detail=detail or {},
        started_by_id=actor.pk if actor is not None else None,
        started_by_name=actor.name if actor is not None else "",
    )
    live.changed(_WORD)
    try:
        yield Progress(row)
    except BaseException as error:
        finish(row, status=JobRun.Status.FAILED, error=f"{type(error).__name__}: {error}")
        raise
    _finish_well(row)


@contextmanager
def _leased(
    job: str, slot: datetime, *, at: datetime, actor: Actor | None, detail: dict[str, Any]
) -> Iterator[Progress]:
    slots.open_slot(job=job, slot=slot, deadline=None, at=at)  # by hand, before the timekeeper
    claim = slots.claim(job=job, slot=slot, at=at)
    if claim is None:
        raise AlreadyRun(job)
    row = JobRun.objects.get(pk=claim.run_id)
    if detail or actor is not None:
        JobRun.objects.filter(pk=row.pk).update(
            detail=detail,
            started_by_id=actor.pk if actor is not None else None,
            started_by_name=actor.name if actor is not None else "",
        )
    live.changed(_WORD)
    try:
        with fence.holding(claim), slots.heart(claim):
            faults.point("job.claimed")
            yield Progress(row)
    except fence.Overtaken:
        log.warning("job taken over by another worker", extra={"job": job, "run": row.pk})
        raise
    except BaseException as error:
        _put_back(claim, error)
        raise
    _finish_well(row, fence=claim.fence)


def _put_back(claim: fence.Claim, error: BaseException) -> None:
    """Let the slot wait for its next attempt; with the database away its silence will say so."""
    is_death = not isinstance(error, Exception)  # told to end: somebody else goes on at once
    words = f"{type(error).__name__}: {error}"
    connection.close_if_unusable_or_obsolete()
    try:
        slots.put_back(claim, error=words, at=clock.now(), is_death=is_death)
    except DatabaseError as refusal:
        log.warning("job not put back", extra={"run": claim.run_id, "error": str(refusal)})
    live.changed(_WORD)


def _finish_well(row: JobRun, **held: int) -> None:
    row.refresh_from_db(fields=["failed", "status", "started_at"])
    if row.is_running:
        status = JobRun.Status.PARTIAL if row.failed else JobRun.Status.COMPLETED
        finish(row, status=status, held=held)


def begin(job: str, *, detail: dict[str, Any], act: Act[Actor], total: int | None = None) -> JobRun:
    """Open the run of a job somebody has ordered: the row people watch while a worker does it."""
    live.changed(_WORD)
    return JobRun.objects.create(
        job=job,
        trigger=JobRun.Trigger.MANUAL,
        started_at=act.at,
        heartbeat_at=act.at,
        total=total,
        started_by_id=act.actor.pk,
        started_by_name=act.actor.name,
        detail=detail,
    )


def ordered(job: str, *, key: str, actor: Actor) -> JobRun | None:
    """Return the run somebody has ordered with a key before."""
    found = JobRun.objects.filter(job=job, started_by_id=actor.pk, detail__key=key)
    return found.order_by("pk").first()


def silent(job: str, *, at: datetime) -> list[int]:
    """Return runs (ids) of such a job nobody is at: the call was lost, or the worker died."""
    waiting = JobRun.objects.filter(
        job=job, status=JobRun.Status.RUNNING, heartbeat_at__lt=at - SILENT_AFTER
    )
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:_SWEPT_AT_ONCE])


def finish(
    row: JobRun, *, status: str, error: str = "", held: dict[str, int] | None = None, **values: Any
) -> None:
    """Close a run with its outcome; `held` has the fence it must still have."""
    now = max(clock.now(), row.started_at)
    JobRun.objects.filter(pk=row.pk, **(held or {})).update(
        status=status, error=error[:4000], finished_at=now, heartbeat_at=now, **values
    )
    live.changed(_WORD)


Job = TypeVar("Job", bound=Callable[..., Tally])


def logged_job(name: str) -> Callable[[Job], Callable[..., None]]:
    """Make a task body a logged job. It gets the run's `Progress` and returns a `Tally`."""

    def decorate(body: Job) -> Callable[..., None]:
        @wraps(body)
        def wrapper(scheduled_for: str | None = None, **kwargs: Any) -> None:
            slot = datetime.fromisoformat(scheduled_for) if scheduled_for else None
            trigger = JobRun.Trigger.SCHEDULE if slot else JobRun.Trigger.EVENT
            try:
                with run(name, at=clock.now(), trigger=trigger, scheduled_for=slot) as progress:
                    tally = body(progress=progress, **kwargs)
                    JobRun.objects.filter(pk=progress.run.pk).update(
                        processed=tally.processed,
                        skipped=tally.skipped,
                        failed=tally.failed,
                        detail=tally.detail,
                    )
            except AlreadyRun:
                log.info("job slot not to be had", extra={"job": name})

        return wrapper

    return decorate
