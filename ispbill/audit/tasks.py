"""Celery entry points of the job log."""

from typing import Any

from celery import shared_task

from ispbill.audit.services import seals, timekeeper
from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core import clock


@shared_task(name="audit.keep_time")
def keep_time(**_future: object) -> None:
    """Start the jobs whose time has come."""
    timekeeper.keep_time(at=clock.now())


@shared_task(name="audit.seal_audit")
@logged_job("seal_audit")
def seal_audit(progress: Progress, **_future: Any) -> Tally:
    """Chain what was written to the audit trail since the last seal."""
    return Tally(processed=seals.seal(at=clock.real_now()))
