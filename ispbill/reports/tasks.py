"""Celery entry points of the figures."""

from datetime import timedelta
from typing import Any

from celery import shared_task

from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core import clock


@shared_task
@logged_job("build_figures")
def build_figures(progress: Progress, **_future: Any) -> Tally:
    """Add yesterday to the revenue figures, and whatever was entered late."""
    from ispbill.reports.services import figures

    at = clock.now()
    built = figures.build(until=clock.local_date(at) - timedelta(days=1), at=at)
    return Tally(
        processed=built.days,
        detail={
            "since": built.since.isoformat() if built.since else None,
            "until": built.until.isoformat() if built.until else None,
            "rows": built.rows,
        },
    )
