"""Start the jobs whose time has come by the company's clock, each slot once."""

import logging
from datetime import UTC, datetime

from celery import current_app

from ispbill.audit.models import JobRun
from ispbill.core import clock, heartbeats
from ispbill.schedule import TIMETABLE, Scheduled

log = logging.getLogger(__name__)


def keep_time(*, at: datetime) -> list[str]:
    """Ring the task of every slot that is due and that no run has taken; return their jobs.

    Only the latest slot of a job is started: every job makes up by itself for what it missed.
    The run's row (unique per job and slot) is what makes two timekeepers harmless.
    """
    heartbeats.beat()
    local_now = at.astimezone(clock.zone())
    started = []
    for row in TIMETABLE:
        if row.has_slots and not _is_taken(row, row.latest_slot(local_now)):
            slot = row.latest_slot(local_now).astimezone(UTC)
            current_app.send_task(
                row.task, kwargs={"scheduled_for": slot.isoformat()}, ignore_result=True
            )
            log.info("job started", extra={"job": row.job, "slot": slot.isoformat()})
            started.append(row.job)
    return started


def _is_taken(row: Scheduled, slot: datetime) -> bool:
    return JobRun.objects.filter(job=row.job, scheduled_for__gte=slot.astimezone(UTC)).exists()
