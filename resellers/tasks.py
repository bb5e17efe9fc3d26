"""Celery entry points of resellers: leaves that call this app's services."""

from celery import shared_task

from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core.acts import Act
from resellers.services import months, moving


@shared_task(name="resellers.apply_moves")
@logged_job("apply_reseller_moves")
def apply_moves(*, progress: Progress, **_future: object) -> Tally:
    """Give customers to the resellers planned for today."""
    return Tally(processed=moving.apply_due(act=Act.now(None)))


@shared_task(name="resellers.close_month")
@logged_job("close_reseller_month")
def close_month(*, progress: Progress, **_future: object) -> Tally:
    """Write last month's bonuses on the third, and take back what was reversed since."""
    act: Act = Act.now(None)
    return Tally(processed=months.close(act=act), detail={"corrected": months.correct(act=act)})
