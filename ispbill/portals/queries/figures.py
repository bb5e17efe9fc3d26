"""The figures a monitor asks for at /metrics, in Prometheus' text format.

What is counted comes from Redis (`core.metering`); what is measured is asked of the database once
in fifteen seconds, however many ask. No label holds an id, a phone number or a path.
"""

import json
import shutil
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import Count
from kombu.exceptions import OperationalError

from ispbill.accounts.services import code_budget
from ispbill.audit.models import JobRun
from ispbill.audit.queries import job_runs
from ispbill.core import clock, heartbeats, metering, restored
from ispbill.core.cache import UNREACHABLE
from ispbill.core.metering import series
from ispbill.notifications.models import Message
from ispbill.notifications.queries import outbox
from ispbill.upkeep.queries import conditions, copies
from network.models import Router
from network.queries import unsettled
from payments.online.models import PaymentAttempt

KEPT_SECONDS = 15
QUEUES = ("default", "billing", "router", "messages", "documents", "keeper", "learning")
_KEPT = "metrics:measured"
_LEVELS = {conditions.OK: 0, conditions.WARNING: 1, conditions.CRITICAL: 2}

_Figures = Iterator[tuple[str, float]]


def text(*, at: datetime, real_at: datetime) -> str:
    """Return everything, a line each."""
    measured: dict[str, float] | None = cache.get(_KEPT)
    if measured is None:
        measured = dict(_measured(at, real_at))
        cache.set(_KEPT, measured, KEPT_SECONDS)
    lines = [
        f"{name} {value:.15g}" for name, value in [*measured.items(), *metering.read().items()]
    ]
    return "\n".join(lines) + "\n"


def _measured(at: datetime, real_at: datetime) -> _Figures:
    yield series("info", version=settings.VERSION, mode=settings.MODE), 1
    yield series("restored_held"), float(restored.is_held())
    for condition in conditions.conditions(at=at, real_at=real_at):
        yield series("condition_level", condition=condition.name), _LEVELS[condition.level]
        if condition.figure is not None:
            yield series("condition_figure", condition=condition.name), condition.figure
    yield from _messages(at)
    yield from _jobs(at, real_at)
    yield from _queues()
    yield from _lines_and_money()
    yield from _copies()
    yield from _machine()
    yield series("budget_used_ratio", budget="one-time-codes"), code_budget.used_ratio()


def _messages(at: datetime) -> _Figures:
    yield series("outbox_queued"), Message.objects.filter(state=Message.State.QUEUED).count()
    for channel, _words in Message.WAYS:
        oldest = outbox.oldest_due(at, among=Message.objects.filter(channel=channel))
        late = (at - oldest).total_seconds() if oldest else 0.0
        yield series("outbox_oldest_seconds", channel=channel), late


def _jobs(at: datetime, real_at: datetime) -> _Figures:
    beat = heartbeats.last_beat()
    yield series("scheduler_silent_seconds"), (real_at - beat).total_seconds() if beat else -1.0
    yield (series("job_runs_running"), JobRun.objects.filter(status=JobRun.Status.RUNNING).count())
    table = job_runs.punctuality(at=at, real_at=real_at, zone=clock.zone(), with_lengths=False)
    yield series("jobs_late"), sum(row.is_missed for row in table)
    for row in table:
        if row.last_success is not None:
            name = series("job_last_success_timestamp_seconds", job=row.scheduled.job)
            yield name, row.last_success.timestamp()
    proofs = JobRun.objects.filter(job="check_ledger").exclude(finished_at=None)
    last = proofs.order_by("-pk").first()
    for proof in last.detail.get("proofs", []) if last else []:
        yield series("proof_findings", proof=proof["name"]), proof["count"]


def _queues() -> _Figures:
    """How long each queue is, and how long its next task has lain there."""
    try:
        with current_app.connection_for_read() as broker:
            client: Any = broker.default_channel
            client = client.client
            for queue in QUEUES:
                yield series("queue_length", queue=queue), client.llen(queue)
                next_one = client.lindex(queue, -1)
                yield series("queue_oldest_seconds", queue=queue), _age(next_one)
    except (*UNREACHABLE, OperationalError):
        return  # no broker, or one of another kind: what is missing is an alarm of its own


def _age(message: bytes | None) -> float:
    sent: Any = json.loads(message).get("headers", {}).get("sent_at") if message else None
    return max(0.0, time.time() - float(sent)) if sent else 0.0


def _lines_and_money() -> _Figures:
    states = dict(
        Router.objects.filter(archived_at=None, is_enabled=True)
        .values_list("status")
        .annotate(Count("pk"))
    )
    for state in Router.Status.values:
        yield series("routers", state=state.lower()), states.get(state, 0)
    yield series("lines_unsettled"), unsettled.lines().count()
    unknown = PaymentAttempt.objects.filter(state=PaymentAttempt.State.STARTED)
    yield series("payments_unknown"), unknown.count()


def _copies() -> _Figures:
    ages = copies.ages()
    if ages.last is not None:
        yield series("backup_last_success_timestamp_seconds"), ages.last.timestamp()
    if ages.last_drill is not None:
        yield series("backup_last_drill_timestamp_seconds"), ages.last_drill.timestamp()


def _machine() -> _Figures:
    for mount, place in (("media", settings.MEDIA_ROOT), ("backups", settings.BACKUP_DIR)):
        if Path(place).is_dir():
            usage = shutil.disk_usage(place)
            yield series("disk_free_ratio", mount=mount), usage.free / usage.total
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend' GROUP BY 1"
        )
        for state, count in cursor.fetchall():
            yield series("database_connections", state=state), count
        cursor.execute("SELECT pg_database_size(current_database())")
        yield series("database_bytes"), cursor.fetchone()[0]
