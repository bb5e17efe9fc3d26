"""Starting a job of the timetable by hand."""

import logging
from datetime import UTC, datetime
from functools import partial

from django.db import transaction

from ispbill.audit.services import events, slots, trail
from ispbill.celery import app
from ispbill.core.actors import Actor
from ispbill.core.errors import DomainError
from ispbill.schedule import TIMETABLE

log = logging.getLogger(__name__)


class NotInTimetable(DomainError):
    """Only jobs of the timetable can be started by hand."""


@transaction.atomic
def start(*, job: str, actor: Actor, reason: str, at: datetime) -> None:
    """Queue a job of the timetable once, now. Raises NotInTimetable or ReasonMissing.

    Where its latest slot has failed or waits, that slot gets one more attempt at once; otherwise
    the job runs beside the timetable.
    """
    row = next((row for row in TIMETABLE if row.job == job), None)
    if row is None:
        raise NotInTimetable(job)
    reason = trail.required_reason(reason)
    events.note(
        at=at,
        actor=actor,
        action="job.started_by_hand",
        target_type="job",
        target_id=row.job,
        label=row.job,
        reason=reason,
    )
    slot = slots.try_again(job=row.job, at=at)
    transaction.on_commit(partial(_publish, row.task, slot))


def _publish(task: str, slot: datetime | None) -> None:
    given = {"scheduled_for": slot.astimezone(UTC).isoformat()} if slot else {}
    try:
        app.signature(task).apply_async(kwargs=given, ignore_result=True)
    except Exception as error:  # whatever the transport raises
        log.warning("doorbell not reached", extra={"task": task, "error": type(error).__name__})
