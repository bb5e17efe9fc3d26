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


@shared_task(name="payments.tasks.renew_prepaid")
@logged_job("renew_prepaid")
def renew_prepaid(*, progress: Progress, **_future: object) -> Tally:
    """Renew what is due and covered by credit, and close what is not."""
    from payments.services import prepaid_run

    report = prepaid_run.run(at=clock.now(), progress=progress)
    return Tally(
        processed=report.renewed + report.closed,
        skipped=report.waiting,
        detail={
            "renewed": report.renewed, "closed": report.closed, "amount": str(report.amount),
        },
    )  # fmt: skip


@shared_task(name="payments.tasks.remind_prepaid")
@logged_job("remind_prepaid")
def remind_prepaid(*, progress: Progress, **_future: object) -> Tally:
    """Tell who has too little credit for the period that comes next."""
    from payments.services import prepaid_run

    at = clock.now()
    return Tally(processed=prepaid_run.remind(on=clock.local_date(at), at=at))


@shared_task(name="payments.tasks.make_voucher_sheet", soft_time_limit=300, time_limit=330)
def make_voucher_sheet(sheet_id: int, **_future: object) -> None:
    """Make one requested sheet of cards (rung after a commit)."""
    from payments.services import voucher_sheets

    voucher_sheets.make(sheet_id=sheet_id, at=clock.now())


@shared_task(name="payments.tasks.sweep_voucher_sheets")
def sweep_voucher_sheets(**_future: object) -> None:
    """Ring again for sheets whose ring was lost or whose worker died."""
    from payments.services import voucher_sheets

    voucher_sheets.sweep()
