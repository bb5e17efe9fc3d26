"""Celery entry points of work that looks over all apps."""

from typing import Any

from celery import shared_task

from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core import clock


@shared_task
@logged_job("check_ledger")
def check_ledger(progress: Progress, **_future: Any) -> Tally:
    """Prove the books; every finding is a problem of the run."""
    from ispbill.reports.queries import proofs

    findings = proofs.check_all(on=clock.today())
    for number, finding in enumerate(findings, start=1):
        examples = "; ".join(finding.examples[:5])
        progress.problem(
            item_type="proof",
            item_id=number,
            label=finding.check,
            message=f"{finding.meaning}: {finding.count} cases, e.g. {examples}",
        )
    return Tally(processed=len(proofs.CHECKS), failed=len(findings))
