"""Celery entry points of the figures, the revenue leaks and the proofs."""

from datetime import timedelta
from typing import Any

from celery import shared_task

from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core import clock, replica
from ispbill.reports.queries import findings
from ispbill.reports.services import brief, figures, proving, schedules


@shared_task(name="reports.build_figures")
@logged_job("build_figures")
def build_figures(progress: Progress, **_future: Any) -> Tally:
    """Add yesterday to the revenue figures, and whatever was entered late."""
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


@shared_task(name="reports.find_revenue_leaks")
@logged_job("find_revenue_leaks")
def find_revenue_leaks(progress: Progress, **_future: Any) -> Tally:
    """Look where money leaks; what is found is shown on the dashboard."""
    at = clock.now()
    on = clock.local_date(at)
    with replica.reading():
        found = findings.sums(on=on, at=at)
    return Tally(
        processed=len(found),
        detail={
            "count": sum(one.count for one in found),
            "amount": str(sum(one.amount for one in found)),
            "findings": [
                {"name": one.check.name, "count": one.count, "amount": str(one.amount)}
                for one in found
            ],
        },
    )


@shared_task(name="reports.check_ledger")
@logged_job("check_ledger")
def check_ledger(progress: Progress, **_future: Any) -> Tally:
    """Prove the books; every finding is a problem of the run, and an alarm."""
    return proving.prove(progress=progress, on=clock.today())


@shared_task(name="reports.send_brief")
@logged_job("send_brief")
def send_brief(progress: Progress, **_future: Any) -> Tally:
    """On Mondays tell owners and branch managers the week in figures."""
    return Tally(processed=brief.send_due(at=clock.now()))


@shared_task(name="reports.send_reports")
@logged_job("send_reports")
def send_reports(progress: Progress, **_future: Any) -> Tally:
    """Send the reports people have asked for regularly, of weeks and months that are over."""
    return Tally(processed=schedules.send_due(at=clock.now()))
