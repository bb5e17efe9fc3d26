"""Background work of the customers app."""

from celery import shared_task


@shared_task
def export_customers(run_id: int, **_future: object) -> None:
    """Write the file of an export that is too large to wait for."""
    from customers.services import exporting
    from ispbill.core import clock

    exporting.write(run_id=run_id, on=clock.today(), zone=clock.zone())


@shared_task
def change_customers(run_id: int, **_future: object) -> None:
    """Make a change to more customers than one waits for."""
    from customers.services import bulk_runs
    from ispbill.core import clock

    bulk_runs.make(run_id=run_id, at=clock.now())
