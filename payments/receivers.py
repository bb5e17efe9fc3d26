"""What other apps' facts set going here: a task each, nothing else."""

from typing import Any

from django.dispatch import receiver

from billing.signals import invoices_issued
from ispbill.core import jobs
from payments import tasks


@receiver(invoices_issued, dispatch_uid="payments.allocate_credit")
def spend_credit_on_new_invoices(*, run_id: int | None = None, **_more: Any) -> None:
    """New bills may be payable from credit already there (the signal comes after the commit)."""
    jobs.ring(tasks.allocate_credit, run_id=run_id)
