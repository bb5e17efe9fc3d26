"""Celery entry points of the field: leaves that call this app's services."""

from celery import shared_task

from fieldservice.services import flags, line_checks, line_trials
from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core.acts import Act


@shared_task(name="fieldservice.flag_overdue")
@logged_job("flag_overdue")
def flag_overdue(*, progress: Progress, **_future: object) -> Tally:
    """Flag what of the field has waited too long, and put away what is cured."""
    return Tally(processed=flags.look(act=Act.now(None)))


@shared_task(name="fieldservice.check_line")
def check_line(*, line_id: int, key: str, language: str, **_future: object) -> None:
    """Ask a router about a line, for the technician who waits with a ticket."""
    line_checks.run(line_id=line_id, key=key, language=language, at=Act.now(None).at)


@shared_task(name="fieldservice.end_line_trials")
def end_line_trials(**_future: object) -> None:
    """Close the lines of pending services whose hour of trying out is over."""
    line_trials.end_due(act=Act.now(None))
