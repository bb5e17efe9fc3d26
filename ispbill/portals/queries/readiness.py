"""What has to be there before a page can be served, and the figures a monitor watches."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min

from ispbill.audit.models import JobRun
from ispbill.core import heartbeats
from ispbill.notifications.models import Message

BEAT_SILENT = timedelta(minutes=5)
OUTBOX_LATE = timedelta(minutes=15)

_seen = {"migrated": False}


@dataclass(frozen=True)
class Check:
    """One thing looked at; `problem` is "" when it is well, and never holds a secret."""

    name: str
    problem: str


def checks(*, now: Callable[[], datetime], real_at: datetime) -> list[Check]:
    """Look at database, cache, migrations, scheduler and outbox.

    `now` tells the business moment; it is asked only once the database, which may have to be
    read for it, has answered.
    """
    database = _tried("database", _database)
    found = [database, _tried("redis", _redis)]
    if not database.problem:
        found += [
            _tried("migrations", _migrations),
            _tried("scheduler", lambda: _scheduler(real_at)),
            _tried("outbox", lambda: _outbox(now())),
        ]
    return found


def figures(*, at: datetime, real_at: datetime) -> dict[str, float]:
    """Return the monitor's figures by name (seconds, or counts)."""
    beat = heartbeats.last_beat()
    oldest = _oldest_due(at)
    return {
        "outbox_queued": Message.objects.filter(state=Message.State.QUEUED).count(),
        "outbox_oldest_seconds": (at - oldest).total_seconds() if oldest else 0.0,
        "scheduler_silent_seconds": (real_at - beat).total_seconds() if beat else -1.0,
        "job_runs_running": JobRun.objects.filter(status=JobRun.Status.RUNNING).count(),
        "job_runs_failed_day": JobRun.objects.filter(
            status=JobRun.Status.FAILED, started_at__gt=at - timedelta(days=1)
        ).count(),
    }


def _tried(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, look())
    except Exception as error:  # whatever a driver raises; its text may hold addresses
        return Check(name, f"not reached ({type(error).__name__})")


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _redis() -> str:
    # `incr` raises where `get` would forgive.
    cache.add("readiness", 0, 60)
    cache.incr("readiness")
    return ""


def _migrations() -> str:
    # Reading every migration takes a second; once all are applied, this code needs no more.
    if _seen["migrated"]:
        return ""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    _seen["migrated"] = not waiting
    return f"{len(waiting)} not applied" if waiting else ""


def _scheduler(real_at: datetime) -> str:
    beat = heartbeats.last_beat()
    if beat is None:
        return "not seen since the cache was started"
    silent = real_at - beat
    return f"silent for {int(silent.total_seconds())} s" if silent > BEAT_SILENT else ""


def _outbox(at: datetime) -> str:
    oldest = _oldest_due(at)
    if oldest is None or at - oldest <= OUTBOX_LATE:
        return ""
    return f"a message waits since {int((at - oldest).total_seconds())} s"


def _oldest_due(at: datetime) -> datetime | None:
    due = Message.objects.filter(state=Message.State.QUEUED, next_attempt_at__lte=at)
    found: datetime | None = due.aggregate(oldest=Min("next_attempt_at"))["oldest"]
    return found
