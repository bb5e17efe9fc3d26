"""The billing run: every period that starts within the lead time becomes an invoice, once.

The run works in chunks of customers, each in a transaction of its own. Killed at any moment it is
continued by starting it again: what is billed is moved past by its schedule, what is not is still
due. A chunk that fails is halved until the customer at fault stands alone; that one is written to
the run's problems and the others are billed.
"""

import logging
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import DatabaseError, OperationalError, models, transaction

from billing.approvals.queries import approval
from billing.invoices.services import seller
from billing.ledger.services import ledger
from billing.run.models import BillingRun
from billing.run.queries import plan
from billing.run.queries.plan import Scope
from billing.run.services import cycle_chunk, on_hold, run_rows
from billing.run.services.cycle_chunk import Written
from billing.signals import invoices_issued
from ispbill.audit.models import JobRun
from ispbill.audit.services import jobs, trail
from ispbill.audit.services.jobs import Progress
from ispbill.core import faults, locks, statements
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company

log = logging.getLogger(__name__)

LOCK = "billing.cycle"
# A chunk's lines with their explanations take six megabytes to sort; PostgreSQL's own four would
# send them to disk.
ROOM = "SET LOCAL work_mem = '32MB'"


class RunUnderWay(DomainError):
    """Another process is billing at this moment."""


class PlanChanged(DomainError):
    """A chunk would not bill what was approved; nothing of it is written."""

    def __init__(self, customers: list[int]) -> None:
        super().__init__("The data has changed since the plan was approved.")
        self.customers = customers


@dataclass(frozen=True)
class Outcome:
    """What a call to `run` did: the run (None when nothing was due) and this call's sums."""

    run: BillingRun | None
    written: Written
    failed: int = 0


def scope_for(
    *,
    on: date,
    bill_day: int | None = None,
    branch_id: int | None = None,
    customers: Collection[int] | None = None,
) -> Scope:
    """Return what a run of this business date bills: periods up to the company's lead time."""
    return Scope(
        horizon=on + timedelta(days=Company.current().invoice_lead_days),
        bill_day=bill_day,
        branch_id=branch_id,
        customers=None if customers is None else tuple(sorted(customers)),
    )


def run(
    *,
    on: date,
    act: Act,
    scope: Scope | None = None,
    trigger: str = JobRun.Trigger.MANUAL,
    scheduled_for: datetime | None = None,
    chunk: int = plan.CHUNK,
    request: str = "",
    approved: int | None = None,
) -> Outcome:
    """Bill what is due on business date `on`; do nothing that was done before.

    `scope` narrows it (see `scope_for`; without it everything is billed). `request` is the key of
    the order a member of staff gave (`run_requests`); `approved` the dry run whose lines, and no
    others, may be written. Must be called outside a transaction. Raises RunUnderWay while another
    run is at work, `jobs.AlreadyRun` when the schedule slot is taken, and PlanChanged when what is
    due is not what was approved.
    """
    scope = scope or scope_for(on=on)
    with locks.only_one(LOCK) as free:
        if not free:
            raise RunUnderWay("A billing run is already under way.")
        with jobs.run(
            "run_billing",
            at=act.at,
            trigger=trigger,
            scheduled_for=scheduled_for,
            actor=act.actor,
            detail=_detail(scope, on=on, request=request),
        ) as progress:
            return _run(scope, on=on, act=act, progress=progress, chunk=chunk, approved=approved)


def _detail(scope: Scope, *, on: date, request: str) -> dict[str, Any]:
    return {
        "date": str(on),
        "horizon": str(scope.horizon),
        "bill_day": scope.bill_day,
        "branch": scope.branch_id,
        "request": request,
        "chosen": None if scope.customers is None else len(scope.customers),
    }


@dataclass(frozen=True)
class _Billing:
    """A run at work: what its chunks have in common."""

    row: BillingRun
    scope: Scope
    on: date
    act: Act
    seller_id: int
    progress: Progress
    approved: int | None

    def hold_to_approved(self, *, after: int, upto: int) -> None:
        """Raise PlanChanged when the customers in (after, upto] differ from what was approved."""
        if self.approved is None:
            return
        changed = approval.differences(self.approved, run_id=self.row.pk, after=after, upto=upto)
        if changed:
            raise PlanChanged(changed)


def _run(
    scope: Scope, *, on: date, act: Act, progress: Progress, chunk: int, approved: int | None
) -> Outcome:
    row = run_rows.unfinished(scope, on)
    after = row.position if row else 0
    ends, customers = plan.bounds(scope, after=after, size=chunk)
    if row is None:
        if not ends:
            return Outcome(run=None, written=Written())
        row = run_rows.begin(scope, on=on, act=act, customers=customers)
    BillingRun.objects.filter(pk=row.pk).update(job_run=progress.run)
    progress.total(customers, step="invoices")
    ledger.open_chart()
    billing = _Billing(row, scope, on, act, seller.current().pk, progress, approved)
    written, failed = Written(), 0
    try:
        for upto in ends:
            part, bad = _chunk(billing, after=after, upto=upto)
            written, failed, after = written + part, failed + bad, upto
            progress.advance(processed=part.customers, skipped=part.free_services, failed=bad)
        # Approved, but not due any more.
        billing.hold_to_approved(after=after, upto=plan.EVERYBODY)
    except PlanChanged:
        run_rows.finish(row, act=act, is_partial=True)
        raise
    row = run_rows.finish(row, act=act)
    return Outcome(run=row, written=written, failed=failed)


def _chunk(billing: _Billing, *, after: int, upto: int) -> tuple[Written, int]:
    """Bill the customers in (after, upto]; isolate a customer that cannot be billed."""
    try:
        with transaction.atomic():
            return _bill(billing, after=after, upto=upto), 0
    except OperationalError:
        raise  # the server went away or a lock was not given: nobody's fault, the next run goes on
    except DatabaseError as error:
        ends, _customers = plan.bounds(billing.scope, after=after, size=1)
        inside = [end for end in ends if end <= upto]
        if len(inside) <= 1:
            return _give_up(billing, inside, upto=upto, error=error)
        log.warning("billing chunk halved", extra={"customers": len(inside)})
        middle = inside[len(inside) // 2 - 1]
        left = _chunk(billing, after=after, upto=middle)
        right = _chunk(billing, after=middle, upto=upto)
        return left[0] + right[0], left[1] + right[1]


def _bill(billing: _Billing, *, after: int, upto: int) -> Written:
    """Write the invoices of the customers in (after, upto], in the caller's transaction."""
    row, on, act = billing.row, billing.on, billing.act
    # Lock.
    trail.begin(act=act.because(f"billing run of {on}"))
    statements.run(ROOM)
    faults.point("billing.chunk.begun")
    locked = plan.lock(billing.scope, after=after, upto=upto)
    faults.point("billing.chunk.after_lock")
    on_hold.hold_runaways(locked, after=after, upto=upto, at=act.at)
    # Decide and change, a period of everybody's at a time.
    written = Written()
    while plan.make(locked, issued_on=on, after=after, upto=upto):
        faults.point("billing.chunk.after_plan")
        written += cycle_chunk.write(
            run_id=row.pk, seller_id=billing.seller_id, issued_on=on, act=act
        )
    billing.hold_to_approved(after=after, upto=upto)
    run_rows.count(row, written, upto=upto)
    # After commit.
    transaction.on_commit(lambda: invoices_issued.send(BillingRun, run_id=row.pk))
    return written


def _give_up(
    billing: _Billing, customers: list[int], *, upto: int, error: DatabaseError
) -> tuple[Written, int]:
    message = str(error).splitlines()[0]
    for pk in customers:
        billing.progress.problem(item_type="customer", item_id=pk, label=f"#{pk}", message=message)
    BillingRun.objects.filter(pk=billing.row.pk).update(
        position=upto, failed_count=models.F("failed_count") + len(customers)
    )
    return Written(), len(customers)


def sums(written: Written) -> dict[str, object]:
    """Return the sums as plain values, for JSON and logs."""
    return {
        key: str(value) if key in {"net", "tax"} else value
        for key, value in asdict(written).items()
    }
