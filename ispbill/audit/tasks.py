"""Celery entry points of the job log."""

from celery import shared_task

from ispbill.core import clock


@shared_task
def keep_time(**_future: object) -> None:
    """Start the jobs whose time has come."""
    from ispbill.audit.services import timekeeper

    timekeeper.keep_time(at=clock.now())
