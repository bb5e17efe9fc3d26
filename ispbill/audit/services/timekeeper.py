"""Open the slots whose time has come by the company's clock, and see to it that each is done."""

import logging
from datetime import UTC, datetime

from ispbill.audit.models import JobRun
from ispbill.audit.services import slots
from ispbill.core import clock, heartbeats, jobs
from ispbill.schedule import TIMETABLE, Scheduled

log = logging.getLogger(__name__)

_TASKS = {row.job: row.task for row in TIMETABLE}


def keep_time(*, at: datetime) -> list[str]:
    """Open due slots, free those of dead workers, give up late ones, queue those that wait.

    Returns the jobs queued. Only the latest slot of a job is opened: every job makes up by
    itself for what it missed. All of it is statements on rows that one claims: two timekeepers
    are as good as one.
    """
    heartbeats.beat()
    for row in TIMETABLE:
        if row.has_slots:
            _open(row, at=at)
    slots.take_from_the_dead(at=at)
    for job in slots.fail_late(at=at):
        log.error("job failed for good", extra={"job": job})
    queued = []
    for due in slots.to_enqueue():
        slot = due.slot.astimezone(UTC).isoformat()
        jobs.publish(_TASKS[due.job], {"scheduled_for": slot})
        log.info("job queued", extra={"job": due.job, "slot": slot})
        queued.append(due.job)
    if slots.untold().exists():
        jobs.publish("notifications.tell_of_failed_jobs", {})
    return queued


def _open(row: Scheduled, *, at: datetime) -> None:
    local = at.astimezone(clock.zone())
    slot = row.latest_slot(local)
    taken = JobRun.objects.filter(job=row.job, scheduled_for__gte=slot.astimezone(UTC))
    if taken.exists():
        return
    deadline = row.deadline(slot)
    if deadline <= at and not JobRun.objects.filter(job=row.job).exists():
        return  # a new installation has missed nothing
    slots.open_slot(
        job=row.job, slot=slot.astimezone(UTC), deadline=deadline.astimezone(UTC), at=at
    )
