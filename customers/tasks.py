"""Background work of the customers app."""

from typing import Any

from celery import shared_task

from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core import clock


@shared_task
@logged_job("follow_tax_certificates")
def follow_tax_certificates(progress: Progress, **_future: Any) -> Tally:
    """Let exemption from tax be what the certificates say of today."""
    from customers.services import tax_certificates

    at = clock.now()
    changed = tax_certificates.follow_all(on=clock.local_date(at), at=at)
    return Tally(processed=changed)


@shared_task
def export_customers(run_id: int, **_future: object) -> None:
    """Write the file of an export that is too large to wait for."""
    from customers.services import exporting

    exporting.write(run_id=run_id, on=clock.today(), zone=clock.zone())


@shared_task
def change_customers(run_id: int, **_future: object) -> None:
    """Make a change to more customers than one waits for."""
    from customers.services import bulk_runs

    bulk_runs.make(run_id=run_id, at=clock.now())


@shared_task
def sweep_bulk_changes(**_future: object) -> None:
    """Ring again for changes to many customers whose ring was lost or whose worker died."""
    from customers.services import bulk_runs

    bulk_runs.sweep(at=clock.now())
