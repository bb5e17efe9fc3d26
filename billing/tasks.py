"""Celery entry points of billing: leaves that call this app's services."""

import logging
from datetime import date, datetime, timedelta
from typing import Any

from celery import shared_task

from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core import clock

log = logging.getLogger(__name__)


@shared_task
def run_billing(
    scheduled_for: str | None = None,
    on: str | None = None,
    bill_day: int | None = None,
    branch_id: int | None = None,
    customers: list[int] | None = None,
    actor_id: int | None = None,
    request: str = "",
    **_future: object,
) -> None:
    """Bill what is due; a scheduled run also tells the customers.

    A run of the timetable bills the day of its slot, however late it is tried again.
    """
    from billing.services import cycle, notices
    from ispbill.accounts.models import User

    slot = datetime.fromisoformat(scheduled_for) if scheduled_for else None
    at = clock.now()
    day = date.fromisoformat(on) if on else clock.local_date(slot or at)
    actor = User.objects.filter(pk=actor_id).first() if actor_id else None
    try:
        outcome = cycle.run(
            on=day,
            at=at,
            actor=actor,
            bill_day=bill_day,
            branch_id=branch_id,
            customers=customers,
            trigger=JobRun.Trigger.SCHEDULE if slot else JobRun.Trigger.MANUAL,
            scheduled_for=slot,
            request=request,
        )
    except jobs.AlreadyRun:
        log.info("billing slot not to be had")
        return
    except cycle.RunUnderWay:
        if slot:
            raise
        log.info("billing run asked for while another is at work", extra={"request": request})
        return
    if slot and outcome.run is not None:
        notices.announce(run=outcome.run, at=at, actor=None)


@shared_task
def sweep_announcements(**_future: object) -> None:
    """Tell customers of the bills of scheduled runs that ended, or died, before they could."""
    from billing.services import notices

    notices.announce_left(at=clock.now())


@shared_task
def announce_run(run_id: int, actor_id: int | None = None, **_future: object) -> None:
    """Queue the messages of a run that staff have confirmed."""
    from billing.models import BillingRun
    from billing.services import notices
    from ispbill.accounts.models import User

    actor = User.objects.filter(pk=actor_id).first() if actor_id else None
    notices.announce(run=BillingRun.objects.get(pk=run_id), at=clock.now(), actor=actor)


@shared_task
@logged_job("apply_suspensions")
def apply_suspensions(progress: Progress, **_future: Any) -> Tally:
    """Suspend whose days of grace are over; open who was cleared otherwise than by paying."""
    from billing.services import dunning

    at = clock.now()
    report = dunning.suspend_overdue(on=clock.local_date(at), at=at, progress=progress)
    reopened = dunning.reopen_cleared(at=at)
    return Tally(processed=report.suspended, detail={"left": report.left, "reopened": reopened})


@shared_task
@logged_job("send_reminders")
def send_reminders(progress: Progress, **_future: Any) -> Tally:
    """Queue the reminders and notices of the day."""
    from billing.services import steps

    at = clock.now()
    told = steps.send(on=clock.local_date(at), at=at, progress=progress)
    detail: dict[str, Any] = {f"{offset:+d}": count for offset, count in sorted(told.done.items())}
    return Tally(
        processed=sum(told.done.values()), skipped=told.skipped,
        detail=detail | {"messages": told.messages},
    )  # fmt: skip


@shared_task
@logged_job("charge_late_fees")
def charge_late_fees(progress: Progress, **_future: Any) -> Tally:
    """Charge the late fees of the day, and propose to cancel whoever the ladder says."""
    from billing.services import late_fees

    at = clock.now()
    on = clock.local_date(at)
    charged = late_fees.charge(on=on, at=at, progress=progress)
    proposed = late_fees.propose_cancellations(on=on, at=at)
    return Tally(processed=charged, detail={"proposed_to_cancel": proposed})


@shared_task
@logged_job("carry_price_changes")
def carry_price_changes(progress: Progress, **_future: Any) -> Tally:
    """Give services the steps of confirmed price changes, and tell who is to be told."""
    from billing.services import price_changes

    at = clock.now()
    made = price_changes.carry_all(on=clock.local_date(at), at=at, progress=progress)
    return Tally(processed=made)


@shared_task(soft_time_limit=60, time_limit=75)
def make_document(document_id: int, **_future: object) -> None:
    """Make one requested document (rung after a commit)."""
    from billing.services import documents

    documents.make(document_id=document_id, at=clock.now())


@shared_task
def sweep_documents(**_future: object) -> None:
    """Ring again for documents whose ring was lost or whose worker died."""
    from billing.services import customer_prints, documents, print_runs

    documents.sweep()
    print_runs.sweep()
    customer_prints.sweep(at=clock.now())


@shared_task(soft_time_limit=600, time_limit=630)
def make_print_part(part_id: int, **_future: object) -> None:
    """Make one part of a run's invoices for printing (rung after a commit)."""
    from billing.services import print_runs

    print_runs.make(part_id=part_id, at=clock.now())


@shared_task(soft_time_limit=1800, time_limit=1830)
def print_customers(run_id: int, **_future: object) -> None:
    """Make the file of what is printed of many customers (rung after a commit)."""
    from billing.services import customer_prints

    customer_prints.make(run_id=run_id, at=clock.now())


@shared_task
@logged_job("seal_ledger")
def seal_ledger(progress: Progress, **_future: Any) -> Tally:
    """Chain the journal's new entries, and keep their totals."""
    from billing.services import ledger_seals

    at = clock.now()
    return Tally(processed=ledger_seals.seal(on=clock.local_date(at), at=at))


@shared_task
@logged_job("recognise_revenue")
def recognise_revenue(progress: Progress, **_future: Any) -> Tally:
    """Take revenue of long periods as earned, up to the end of yesterday."""
    from billing.services import recognition

    at = clock.now()
    through = clock.local_date(at) - timedelta(days=1)
    moved = recognition.recognise(through=through, at=at)
    return Tally(processed=1, detail={"through": through.isoformat(), "recognised": str(moved)})


@shared_task
@logged_job("settle_returns")
def settle_returns(progress: Progress, **_future: Any) -> Tally:
    """Give back billed days of suspensions that ended by themselves, where their kind says so."""
    from billing.services import returning

    at = clock.now()
    return Tally(processed=returning.settle_all(on=clock.local_date(at), at=at))


@shared_task
@logged_job("apply_planned_moves")
def apply_planned_moves(progress: Progress, **_future: Any) -> Tally:
    """Begin and end the breaks, and end the services, that are planned for today."""
    from billing.services import planned_moves

    at = clock.now()
    report = planned_moves.run(on=clock.local_date(at), at=at, progress=progress)
    return Tally(
        processed=report.begun + report.ended,
        failed=report.failed + report.stuck,
        detail={"begun": report.begun, "ended": report.ended},
    )


@shared_task
@logged_job("apply_package_changes")
def apply_package_changes(progress: Progress, **_future: Any) -> Tally:
    """Switch the services whose approved package change has its day."""
    from billing.services import change_days

    at = clock.now()
    report = change_days.apply_due(on=clock.local_date(at), at=at, progress=progress)
    return Tally(
        processed=report.applied,
        skipped=report.waiting + report.dropped,
        failed=report.failed,
        detail={"waiting": report.waiting, "dropped": report.dropped},
    )


@shared_task
def execute_rehearsal(rehearsal_id: int, **_future: object) -> None:
    """Do what was approved (rung after the approval; swept by `sweep_rehearsals`)."""
    from billing.services import cycle, rehearsals

    try:
        rehearsals.execute(rehearsal_id=rehearsal_id, at=clock.now())
    except cycle.RunUnderWay:
        log.info("an approved plan waits for the run under way", extra={"rehearsal": rehearsal_id})


@shared_task
def sweep_rehearsals(**_future: object) -> None:
    """Go on with approved plans whose ring was lost or whose worker died."""
    from billing.models import Rehearsal
    from billing.services import cycle, rehearsals

    waiting = Rehearsal.objects.filter(status=Rehearsal.Status.APPROVED).order_by("pk")
    for pk in waiting.values_list("pk", flat=True):
        try:
            rehearsals.execute(rehearsal_id=pk, at=clock.now())
        except cycle.RunUnderWay:
            return


@shared_task
def change_many_packages(batch_id: int, **_future: object) -> None:
    """Carry out a mass package change staff have confirmed, as a logged job."""
    from billing.models import PackageChangeBatch
    from billing.services import mass_changes

    at = clock.now()
    batch = PackageChangeBatch.objects.select_related("ordered_by").get(pk=batch_id)
    with jobs.run(
        "change_many_packages", at=at, trigger=JobRun.Trigger.MANUAL, actor=batch.ordered_by,
        detail={"batch": batch_id, "services": batch.total},
    ) as progress:  # fmt: skip
        mass_changes.run(batch_id=batch_id, on=clock.local_date(at), at=at, progress=progress)
