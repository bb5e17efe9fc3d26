"""Celery entry points of payments: leaves that call this app's services."""

from celery import shared_task

from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core import clock


@shared_task(name="payments.tasks.allocate_credit")
@logged_job("allocate-credit")
def allocate_credit(*, progress: Progress, run_id: int | None = None, **_future: object) -> Tally:
    """Let credit pay open invoices: of the customers a billing run has billed, or of everybody."""
    from payments.services import credit

    spent = credit.allocate_credit(run_id=run_id, at=clock.now())
    return Tally(
        processed=spent.customers,
        detail={"allocations": spent.allocations, "amount": str(spent.amount)},
    )
