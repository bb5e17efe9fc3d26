"""Celery entry points of work that looks over all apps."""

from typing import Any

from celery import shared_task

from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core import clock


@shared_task
@logged_job("check_ledger")
def check_ledger(progress: Progress, **_future: Any) -> Tally:
    """Prove the books; every finding is a problem of the run, and an alarm."""
    from ispbill.portals.services import proving

    return proving.prove(progress=progress, on=clock.today())
