"""Celery entry points of the outbox: leaves that call this app's services."""

from celery import shared_task

from ispbill.core import clock

RING_SECONDS = 45  # a ring works at most this long; the next one or the sweep goes on


@shared_task
def send_messages(**_future: object) -> None:
    """Send what is due (rung after a commit)."""
    from ispbill.notifications.services import deliver

    deliver.drain(now=clock.now, seconds=RING_SECONDS)


@shared_task
def tell_of_failed_jobs(**_future: object) -> None:
    """Tell people of jobs that failed for good (rung by the timekeeper until it is done)."""
    from ispbill.notifications.services import job_alarms

    job_alarms.tell(at=clock.now())


@shared_task
def sweep_messages(**_future: object) -> None:
    """Take up what lost rings and dead senders left behind, then send what is due."""
    from ispbill.notifications.services import deliver

    deliver.recover(at=clock.now())
    deliver.drain(now=clock.now, seconds=RING_SECONDS)
