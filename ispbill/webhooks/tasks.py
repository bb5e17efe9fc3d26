"""Celery entry points of webhooks."""

from celery import shared_task

from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core import clock
from ispbill.webhooks.services import delivering, spreading

CALL_SECONDS = 45  # a call works at most this long; the next one goes on


@shared_task(name="webhooks.send_webhooks")
def send_webhooks(**_future: object) -> None:
    """Make what happened into messages and send what is due."""
    spreading.spread(at=clock.now())
    delivering.drain(at=clock.now(), seconds=CALL_SECONDS)


@shared_task(name="webhooks.forget_webhooks")
@logged_job("forget_webhooks")
def forget_webhooks(*, progress: Progress, **_future: object) -> Tally:
    """Remove the log of what was told more than thirty days ago."""
    return Tally(processed=spreading.forget())
