"""Celery entry points of the outbox: leaves that call this app's services."""

from celery import shared_task

from ispbill.core import clock
from ispbill.notifications.services import asking, budget, deliver, job_alarms, reports

CALL_SECONDS = 45  # a call works at most this long; the next one or the sweep goes on


@shared_task(name="notifications.send_messages")
def send_messages(**_future: object) -> None:
    """Send what is due (queued after a commit)."""
    deliver.drain(now=clock.now, seconds=CALL_SECONDS)


@shared_task(name="notifications.tell_of_failed_jobs")
def tell_of_failed_jobs(**_future: object) -> None:
    """Tell people of jobs that failed for good (queued by the timekeeper until it is done)."""
    job_alarms.tell(at=clock.now())


@shared_task(name="notifications.sweep_messages")
def sweep_messages(**_future: object) -> None:
    """Take up what lost calls and dead senders left behind, then send what is due."""
    deliver.recover(at=clock.now())
    reports.forget(at=clock.now())
    deliver.drain(now=clock.now, seconds=CALL_SECONDS)
    budget.watch(at=clock.now())
    asking.ask(at=clock.now())
