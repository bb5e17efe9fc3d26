"""Celery entry points of billing: leaves that call this app's services."""

import logging
from datetime import date, datetime, timedelta
from typing import Any

from celery import shared_task

from billing.changes.services import change_days, mass_changes, planned_moves, returning
from billing.compensation.services import outage_credits
from billing.dunning.services import dunning, late_fees, steps
from billing.invoices.services import documents
from billing.ledger.services import ledger_seals, recognition
from billing.pricing.models import PackageChangeBatch
from billing.pricing.services import price_changes
from billing.receivables.services import customer_prints, print_runs
from billing.run.models import BillingRun, DryRun
from billing.run.services import cycle, dry_runs, notices
from ispbill.accounts.models import User
from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs
from ispbill.audit.services.jobs import Progress, Tally, logged_job
from ispbill.core import clock
from ispbill.core.acts import Act

log = logging.getLogger(__name__)


@shared_task(name="billing.run_billing")
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
    slot = datetime.fromisoformat(scheduled_for) if scheduled_for else None
    at = clock.now()
    day = date.fromisoformat(on) if on else clock.local_date(slot or at)
    actor = User.objects.filter(pk=actor_id).first() if actor_id else None
    try:
        outcome = cycle.run(
            on=day,
            act=Act(actor, at),
            scope=cycle.scope_for(
                on=day, bill_day=bill_day, branch_id=branch_id, customers=customers
            ),
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
        notices.announce(run=outcome.run, act=Act(None, at))


@shared_task(name="billing.sweep_announcements")
def sweep_announcements(**_future: object) -> None:
    """Tell customers of the bills of scheduled runs that ended, or died, before they could."""
    notices.announce_left(at=clock.now())


@shared_task(name="billing.announce_run")
def announce_run(run_id: int, actor_id: int | None = None, **_future: object) -> None:
    """Queue the messages of a run that staff have confirmed."""
    actor = User.objects.filter(pk=actor_id).first() if actor_id else None
    notices.announce(run=BillingRun.objects.get(pk=run_id), act=Act.now(actor))


@shared_task(name="billing.apply_suspensions")
@logged_job("apply_suspensions")
def apply_suspensions(progress: Progress, **_future: Any) -> Tally:
    """Suspend customers whose days of grace are over; reopen those who were cleared otherwise
    than by paying."""
    at = clock.now()
    report = dunning.suspend_overdue(on=clock.local_date(at), act=Act(None, at), progress=progress)
    reopened = dunning.reopen_cleared(at=at)
    return Tally(processed=report.suspended, detail={"left": report.left, "reopened": reopened})


@shared_task(name="billing.send_reminders")
@logged_job("send_reminders")
def send_reminders(progress: Progress, **_future: Any) -> Tally:
    """Queue the reminders and notices of the day."""
    at = clock.now()
    told = steps.send(on=clock.local_date(at), at=at, progress=progress)
    detail: dict[str, Any] = {f"{offset:+d}": count for offset, count in sorted(told.done.items())}
    return Tally(
        processed=sum(told.done.values()),
        skipped=told.skipped,
        detail=detail | {"messages": told.messages},
    )


@shared_task(name="billing.charge_late_fees")
@logged_job("charge_late_fees")
def charge_late_fees(progress: Progress, **_future: Any) -> Tally:
    """Charge the late fees of the day, and propose to cancel whoever the ladder says."""
    at = clock.now()
    on = clock.local_date(at)
    charged = late_fees.charge(on=on, at=at, progress=progress)
    proposed = late_fees.propose_cancellations(on=on, at=at)
    return Tally(processed=charged, detail={"proposed_to_cancel": proposed})


@shared_task(name="billing.carry_price_changes")
@logged_job("carry_price_changes")
def carry_price_changes(progress: Progress, **_future: Any) -> Tally:
    """Give services the steps of confirmed price changes, and tell the customers who are to be
    told."""
    at = clock.now()
    made = price_changes.carry_all(on=clock.local_date(at), at=at, progress=progress)
    return Tally(processed=made)


@shared_task(name="billing.make_document", soft_time_limit=60, time_limit=75)
def make_document(document_id: int, **_future: object) -> None:
    """Make one requested document (queued after a commit)."""
    documents.make(document_id=document_id, at=clock.now())


@shared_task(name="billing.sweep_documents")
def sweep_documents(**_future: object) -> None:
    """Queue documents again whose call was lost or whose worker died."""
    documents.sweep()
    print_runs.sweep()
    customer_prints.sweep(at=clock.now())


@shared_task(name="billing.make_print_part", soft_time_limit=600, time_limit=630)
def make_print_part(part_id: int, **_future: object) -> None:
    """Make one part of a run's invoices for printing (queued after a commit)."""
    print_runs.make(part_id=part_id, at=clock.now())


@shared_task(name="billing.print_customers", soft_time_limit=1800, time_limit=1830)
def print_customers(run_id: int, **_future: object) -> None:
    """Make the file of what is printed of many customers (queued after a commit)."""
    customer_prints.make(run_id=run_id)


@shared_task(name="billing.seal_ledger")
@logged_job("seal_ledger")
def seal_ledger(progress: Progress, **_future: Any) -> Tally:
    """Chain the journal's new entries, and keep their totals."""
    at = clock.now()
    return Tally(processed=ledger_seals.seal(on=clock.local_date(at), at=at))


@shared_task(name="billing.recognise_revenue")
@logged_job("recognise_revenue")
def recognise_revenue(progress: Progress, **_future: Any) -> Tally:
    """Take revenue of long periods as earned, up to the end of yesterday."""
    at = clock.now()
    through = clock.local_date(at) - timedelta(days=1)
    moved = recognition.recognise(through=through, act=Act(None, at))
    return Tally(processed=1, detail={"through": through.isoformat(), "recognised": str(moved)})


@shared_task(name="billing.settle_returns")
@logged_job("settle_returns")
def settle_returns(progress: Progress, **_future: Any) -> Tally:
    """Give back billed days of suspensions that ended by themselves, where their kind says so."""
    at = clock.now()
    return Tally(processed=returning.settle_all(on=clock.local_date(at), at=at))


@shared_task(name="billing.apply_planned_moves")
@logged_job("apply_planned_moves")
def apply_planned_moves(progress: Progress, **_future: Any) -> Tally:
    """Begin and end the pauses, and end the services, that are planned for today."""
    at = clock.now()
    report = planned_moves.run(on=clock.local_date(at), at=at, progress=progress)
    return Tally(
        processed=report.begun + report.ended,
        failed=report.failed + report.stuck,
        detail={"begun": report.begun, "ended": report.ended},
    )


@shared_task(name="billing.apply_package_changes")
@logged_job("apply_package_changes")
def apply_package_changes(progress: Progress, **_future: Any) -> Tally:
    """Switch the services whose approved package change has its day."""
    at = clock.now()
    report = change_days.apply_due(on=clock.local_date(at), at=at, progress=progress)
    return Tally(
        processed=report.applied,
        skipped=report.waiting + report.dropped,
        failed=report.failed,
        detail={"waiting": report.waiting, "dropped": report.dropped},
    )


@shared_task(name="billing.execute_approved_plan")
def execute_approved_plan(dry_run_id: int, **_future: object) -> None:
    """Do what was approved (queued after the approval; swept by `sweep_approved_plans`)."""
    try:
        dry_runs.execute(dry_run_id=dry_run_id, at=clock.now())
    except cycle.RunUnderWay:
        log.info("an approved plan waits for the run under way", extra={"dry_run": dry_run_id})


@shared_task(name="billing.sweep_approved_plans")
def sweep_approved_plans(**_future: object) -> None:
    """Go on with approved plans whose call was lost or whose worker died."""
    waiting = DryRun.objects.filter(status=DryRun.Status.APPROVED).order_by("pk")
    for pk in waiting.values_list("pk", flat=True):
        try:
            dry_runs.execute(dry_run_id=pk, at=clock.now())
        except cycle.RunUnderWay:
            return


@shared_task(name="billing.change_many_packages")
def change_many_packages(batch_id: int, **_future: object) -> None:
    """Carry out a mass package change staff have confirmed, as a logged job."""
    at = clock.now()
    batch = PackageChangeBatch.objects.select_related("ordered_by").get(pk=batch_id)
    with jobs.run(
        "change_many_packages",
        at=at,
        trigger=JobRun.Trigger.MANUAL,
        actor=batch.ordered_by,
        detail={"batch": batch_id, "services": batch.total},
    ) as progress:
        mass_changes.run(batch_id=batch_id, on=clock.local_date(at), at=at, progress=progress)


@shared_task(name="billing.credit_outages")
def credit_outages(**_future: object) -> None:
    """Work out what outages are worth to customers, and write the notes that were decided."""
    at = clock.now()
    outage_credits.propose_due(at=at)
    outage_credits.credit_ordered(at=at)
