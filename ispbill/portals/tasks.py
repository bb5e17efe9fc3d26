"""Celery entry points of work that looks over all apps."""

from typing import Any

from celery import shared_task

from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core import clock


@shared_task
@logged_job("check_leaks")
def check_leaks(progress: Progress, **_future: Any) -> Tally:
    """Look where money leaks; what is found is shown on the dashboard."""
    from ispbill.reports.queries import leaks

    at = clock.now()
    found = leaks.sums(on=clock.local_date(at), at=at)
    return Tally(
        processed=len(found),
        detail={
            "count": sum(one.count for one in found),
            "amount": str(sum(one.amount for one in found)),
            "leaks": [
                {"name": one.check.name, "count": one.count, "amount": str(one.amount)}
                for one in found
            ],
        },
    )


@shared_task
@logged_job("check_ledger")
def check_ledger(progress: Progress, **_future: Any) -> Tally:
    """Prove the books; every finding is a problem of the run, and an alarm."""
    from ispbill.portals.services import proving

    return proving.prove(progress=progress, on=clock.today())
