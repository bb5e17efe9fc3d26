"""The slots of the timetable: opened when due, claimed by one worker, taken over when it dies.

A slot is a row of the job log. Slots follow the company's clock, leases the database's: a heart
beats every 15 seconds, and a run whose heart has been silent for a minute waits for a worker again.
An error waits longer each time; after eight attempts, or at its deadline, the slot has failed and
people are told. See docs/adr/0004-timekeeper.md.
"""

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Thread
from typing import Any

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from ispbill.audit.models import JobRun
from ispbill.audit.services.fence import Claim
from ispbill.core import statements

log = logging.getLogger(__name__)

BEAT_SECONDS = 15
SILENT_SECONDS = 60
QUEUE_SECONDS = 60
WAIT_MINUTES = (1, 5, 15, 30, 60, 60, 60)
MOST_ATTEMPTS = len(WAIT_MINUTES) + 1
MOST_DEATHS = 3  # in a row; from then on a death waits like an error

_CLAIM = """
    UPDATE audit_jobrun SET status = 'RUNNING', attempt = attempt + 1, fence = fence + 1,
           holder = %(holder)s, started_at = %(at)s, heartbeat_at = %(at)s, error = '', step = '',
           total = NULL, processed = 0, skipped = 0, failed = 0
    WHERE id = (SELECT id FROM audit_jobrun
                WHERE job = %(job)s AND scheduled_for = %(slot)s AND status = 'WAITING'
                  AND next_attempt_at <= clock_timestamp()
                FOR UPDATE SKIP LOCKED)
    RETURNING id, fence
"""
_BEAT = """
    INSERT INTO audit_jobbeat (run_id, at)
    SELECT id, clock_timestamp() FROM audit_jobrun
    WHERE id = %(run)s AND fence = %(fence)s AND status = 'RUNNING'
    ON CONFLICT (run_id) DO UPDATE SET at = excluded.at
"""
# Back to waiting, or failed when that was the last attempt. `minutes` None: by the attempt.
_PUT_BACK = """
    UPDATE audit_jobrun SET
        status = CASE WHEN attempt >= %(most)s THEN 'FAILED' ELSE 'WAITING' END,
        finished_at = CASE WHEN attempt >= %(most)s THEN %(at)s::timestamptz END,
        heartbeat_at = greatest(heartbeat_at, %(at)s),
        next_attempt_at = clock_timestamp() + make_interval(mins =>
            CASE WHEN %(is_death)s AND deaths + 1 < %(deaths)s THEN 0
                 ELSE (%(waits)s::int[])[least(attempt, cardinality(%(waits)s::int[]))] END),
        deaths = CASE WHEN %(is_death)s THEN deaths + 1 ELSE 0 END,
        queued_at = NULL, error = %(error)s, holder = ''
    WHERE id = %(run)s AND fence = %(fence)s AND status = 'RUNNING'
"""
# Who holds a row of these (a chunk reading its fence) is alive, however late its heart.
_SILENT = """
    SELECT r.id, r.fence FROM audit_jobrun r LEFT JOIN audit_jobbeat b ON b.run_id = r.id
    WHERE r.status = 'RUNNING' AND r.scheduled_for IS NOT NULL
      AND coalesce(b.at, '-infinity') < clock_timestamp() - make_interval(secs => %s)
    FOR UPDATE OF r SKIP LOCKED
"""
_LATE = """
    UPDATE audit_jobrun SET status = 'FAILED', finished_at = greatest(%(at)s, started_at),
           error = CASE WHEN error = '' THEN 'No worker took it before its deadline.' ELSE error END
    WHERE status = 'WAITING' AND deadline_at <= %(at)s
    RETURNING job
"""
_ENQUEUE = """
    UPDATE audit_jobrun r SET queued_at = clock_timestamp()
    WHERE r.status = 'WAITING' AND r.next_attempt_at <= clock_timestamp()
      AND (r.queued_at IS NULL OR r.queued_at <= clock_timestamp() - make_interval(secs => %s))
      AND NOT EXISTS (SELECT FROM audit_jobrun o WHERE o.job = r.job AND o.status = 'RUNNING'
                      AND o.scheduled_for IS NOT NULL)
    RETURNING r.job, r.scheduled_for
"""


@dataclass(frozen=True)
class Due:
    """A slot whose job is to be queued."""

    job: str
    slot: datetime


def open_slot(*, job: str, slot: datetime, deadline: datetime | None, at: datetime) -> None:
    """Open a slot that has come, once; `at` and `deadline` are company moments."""
    opened = JobRun(
        job=job,
        scheduled_for=slot,
        started_at=at,
        heartbeat_at=at,
        status=JobRun.Status.WAITING,
        next_attempt_at=Now(),
        deadline_at=deadline,
    )
    JobRun.objects.bulk_create([opened], ignore_conflicts=True)


def claim(*, job: str, slot: datetime, at: datetime) -> Claim | None:
    """Take a waiting slot whose time has come; None when it is not to be had."""
    values: dict[str, Any] = {
        "job": job,
        "slot": slot,
        "at": at,
        "holder": f"{socket.gethostname()}:{os.getpid()}",
    }
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_CLAIM, values)
            row = cursor.fetchone()
            if row is None:
                return None
            made = Claim(*row)
            beat(made)
            return made
    except IntegrityError:  # an earlier slot of the same job is still at work
        return None


def beat(made: Claim) -> None:
    """Give a sign of life."""
    statements.run(_BEAT, {"run": made.run_id, "fence": made.fence})


def put_back(made: Claim, *, error: str, at: datetime, is_death: bool = False) -> bool:
    """Let a run that erred (or died) wait for its next attempt, or fail; False when not ours."""
    values: dict[str, Any] = {
        "run": made.run_id,
        "fence": made.fence,
        "at": at,
        "error": error[:4000],
        "is_death": is_death,
        "most": MOST_ATTEMPTS,
        "deaths": MOST_DEATHS,
        "waits": list(WAIT_MINUTES),
    }
    return bool(statements.run(_PUT_BACK, values))


@transaction.atomic
def take_from_the_dead(*, at: datetime) -> int:
    """Let runs wait again whose heart has been silent for a minute; return how many."""
    silent = [Claim(*row) for row in statements.read(_SILENT, [SILENT_SECONDS])]
    for one in silent:
        put_back(one, error="The worker died or stood still.", at=at, is_death=True)
    return len(silent)


def fail_late(*, at: datetime) -> list[str]:
    """Give up slots whose deadline is over by the company's clock; return their jobs."""
    return [row[0] for row in statements.read(_LATE, {"at": at})]


def to_enqueue() -> list[Due]:
    """Return the waiting slots whose time has come, each once a minute."""
    return [Due(*row) for row in statements.read(_ENQUEUE, [QUEUE_SECONDS])]


def try_again(*, job: str, at: datetime) -> datetime | None:
    """Give the latest slot of a job one more attempt now, if it waits or has failed; return it.

    A deadline that is over counts no more; one to come still ends it.
    """
    latest = JobRun.objects.filter(job=job, scheduled_for__isnull=False)
    row = latest.order_by("-scheduled_for").first()
    if row is None or row.status not in (JobRun.Status.WAITING, JobRun.Status.FAILED):
        return None
    JobRun.objects.filter(pk=row.pk, status=row.status).update(
        status=JobRun.Status.WAITING,
        finished_at=None,
        next_attempt_at=Now(),
        queued_at=Now(),
        attempt=MOST_ATTEMPTS - 1,
        deaths=0,
        alarmed_at=None,
        deadline_at=None if row.deadline_at and row.deadline_at <= at else row.deadline_at,
    )
    return row.scheduled_for


def untold() -> QuerySet[JobRun]:
    """Return the slots that have failed of which nobody was told."""
    return JobRun.objects.filter(
        status=JobRun.Status.FAILED, scheduled_for__isnull=False, alarmed_at__isnull=True
    )


@contextmanager
def heart(made: Claim) -> Iterator[None]:
    """Give a sign of life every 15 seconds while the block works, on a connection of its own."""
    over = Event()
    thread = Thread(target=_beat_until, args=(made, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=BEAT_SECONDS)


def _beat_until(made: Claim, over: Event) -> None:
    try:
        while not over.wait(BEAT_SECONDS):
            try:
                beat(made)
            except DatabaseError as error:  # away for a moment: the next beat may get through
                log.warning("no sign of life", extra={"run": made.run_id, "error": str(error)})
                connection.close()
    finally:
        connection.close()
