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

from django.db import DatabaseError, OperationalError, connection, models, transaction

from billing.models import BillingRun
from billing.queries import approval, plan
from billing.queries.plan import Scope
from billing.services import cycle_chunk, ledger, parking, seller
from billing.services.cycle_chunk import Written
from billing.signals import invoices_issued
from ispbill.audit.models import JobRun
from ispbill.audit.services import events, jobs, trail
from ispbill.audit.services.jobs import Progress
from ispbill.core import faults, locks
from ispbill.core.actors import Actor
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
    at: datetime,
    actor: Actor | None = None,
    bill_day: int | None = None,
    branch_id: int | None = None,
    customers: Collection[int] | None = None,
    trigger: str = JobRun.Trigger.MANUAL,
    scheduled_for: datetime | None = None,
    chunk: int = plan.CHUNK,
    request: str = "",
    approved: int | None = None,
) -> Outcome:
    """Bill everything due on business date `on`; do nothing that was done before.

    `customers` (ids) narrows it to some; none at all are none. `request` is the key of the order
    a member of staff gave (`run_requests`); `approved` the rehearsal whose lines, and no others,
    may be written. Must be called outside a transaction. Raises RunUnderWay while another run is
    at work, `jobs.AlreadyRun` when the schedule slot is taken, and PlanChanged when what is due is
    not what was approved.
    """
    scope = scope_for(on=on, bill_day=bill_day, branch_id=branch_id, customers=customers)
    with locks.only_one(LOCK) as free:
        if not free:
            raise RunUnderWay("A billing run is already under way.")
        detail = {"date": str(on), "horizon": str(scope.horizon), "bill_day": bill_day,
                  "branch": branch_id, "request": request,
                  "chosen": None if customers is None else len(customers)}  # fmt: skip
        with jobs.run(
            "run_billing",
            at=at,
            trigger=trigger,
            scheduled_for=scheduled_for,
            actor=actor,
            detail=detail,
        ) as progress:
            return _run(
                scope, on=on, at=at, actor=actor, progress=progress, chunk=chunk, approved=approved
            )


def _run(
    scope: Scope, *, on: date, at: datetime, actor: Actor | None, progress: Progress, chunk: int,
    approved: int | None,
) -> Outcome:  # fmt: skip
    row = _unfinished(scope, on)
    after = row.position if row else 0
    ends, customers = plan.bounds(scope, after=after, size=chunk)
    if row is None:
        if not ends:
            return Outcome(run=None, written=Written())
        row = _begin(scope, on=on, at=at, actor=actor, customers=customers)
    BillingRun.objects.filter(pk=row.pk).update(job_run=progress.run)
    progress.total(customers, step="invoices")
    ledger.open_chart()
    frozen = seller.current()
    written, failed = Written(), 0
    for upto in ends:
        try:
            part, bad = _chunk(
                row, scope, on=on, at=at, actor=actor, seller_id=frozen.pk,
                after=after, upto=upto, progress=progress, approved=approved,
            )  # fmt: skip
        except PlanChanged:
            _finish(row, at=at, actor=actor, is_partial=True)
            raise
        written, failed, after = written + part, failed + bad, upto
        progress.advance(processed=part.customers, skipped=part.free_services, failed=bad)
    if approved is not None:
        changed = approval.differences(approved, run_id=row.pk, after=after, upto=plan.EVERYBODY)
        if changed:  # approved, but not due any more
            _finish(row, at=at, actor=actor, is_partial=True)
            raise PlanChanged(changed)
    row = _finish(row, at=at, actor=actor)
    return Outcome(run=row, written=written, failed=failed)


def _chunk(
    row: BillingRun, scope: Scope, *, on: date, at: datetime, actor: Actor | None,
    seller_id: int, after: int, upto: int, progress: Progress, approved: int | None,
) -> tuple[Written, int]:  # fmt: skip
    """Bill the customers in (after, upto]; isolate a customer that cannot be billed."""
    try:
        with transaction.atomic():
            trail.begin(actor=actor, at=at, reason=f"billing run of {on}")
            with connection.cursor() as cursor:
                cursor.execute(ROOM)
            faults.point("billing.chunk.begun")
            locked = plan.lock(scope, after=after, upto=upto)
            faults.point("billing.chunk.after_lock")
            parking.park_runaways(locked, after=after, upto=upto, at=at)
            written = Written()
            while plan.make(locked, issued_on=on, after=after, upto=upto):
                faults.point("billing.chunk.after_plan")
                written += cycle_chunk.write(
                    run_id=row.pk, seller_id=seller_id, issued_on=on, at=at, actor=actor
                )
            if approved is not None:
                changed = approval.differences(approved, run_id=row.pk, after=after, upto=upto)
                if changed:
                    raise PlanChanged(changed)
            _count(row, written, upto=upto)
            transaction.on_commit(lambda: invoices_issued.send(BillingRun, run_id=row.pk))
        return written, 0
    except OperationalError:
        raise  # the server went away or a lock was not given: nobody's fault, the next run goes on
    except DatabaseError as error:
        ends, customers = plan.bounds(scope, after=after, size=1)
        inside = [end for end in ends if end <= upto]
        if len(inside) <= 1:
            return _give_up(row, inside, upto=upto, error=error, progress=progress)
        log.warning("billing chunk halved", extra={"customers": len(inside)})
        middle = inside[len(inside) // 2 - 1]
        common = {"on": on, "at": at, "actor": actor, "seller_id": seller_id, "progress": progress,
                  "approved": approved}  # fmt: skip
        left = _chunk(row, scope, after=after, upto=middle, **common)  # type: ignore[arg-type]
        right = _chunk(row, scope, after=middle, upto=upto, **common)  # type: ignore[arg-type]
        return left[0] + right[0], left[1] + right[1]


def _give_up(
    row: BillingRun, customers: list[int], *, upto: int, error: DatabaseError, progress: Progress
) -> tuple[Written, int]:
    message = str(error).splitlines()[0]
    for pk in customers:
        progress.problem(item_type="customer", item_id=pk, label=f"#{pk}", message=message)
    BillingRun.objects.filter(pk=row.pk).update(
        position=upto, failed_count=models.F("failed_count") + len(customers)
    )
    return Written(), len(customers)


def _count(row: BillingRun, written: Written, *, upto: int) -> None:
    f = models.F
    BillingRun.objects.filter(pk=row.pk).update(
        position=upto,
        customers_done=f("customers_done") + written.customers,
        invoice_count=f("invoice_count") + written.invoices,
        line_count=f("line_count") + written.lines,
        skipped_count=f("skipped_count") + written.free_services,
        net_amount=f("net_amount") + written.net,
        tax_amount=f("tax_amount") + written.tax,
        total_amount=f("total_amount") + written.net + written.tax,
    )


def _unfinished(scope: Scope, on: date) -> BillingRun | None:
    """Return the run that was cut off with the same scope, to go on where it stopped."""
    return (
        BillingRun.objects.filter(
            business_date=on,
            horizon=scope.horizon,
            bill_day=scope.bill_day,
            branch=scope.branch_id,
            customer_ids=_ids(scope),
            status=BillingRun.Status.RUNNING,
        )
        .order_by("-pk")
        .first()
    )


def _ids(scope: Scope) -> list[int] | None:
    return None if scope.customers is None else list(scope.customers)


@transaction.atomic
def _begin(
    scope: Scope, *, on: date, at: datetime, actor: Actor | None, customers: int
) -> BillingRun:
    trail.begin(actor=actor, at=at, reason=f"billing run of {on}")
    row = BillingRun.objects.create(
        business_date=on,
        horizon=scope.horizon,
        bill_day=scope.bill_day,
        branch_id=scope.branch_id,
        customer_ids=_ids(scope),
        started_at=at,
        started_by_id=actor.pk if actor is not None else None,
        customers_total=customers,
    )
    events.record(at=at, actor=actor, action="billing_run.started", target=row, label=str(on))
    return row


@transaction.atomic
def _finish(
    row: BillingRun, *, at: datetime, actor: Actor | None, is_partial: bool = False
) -> BillingRun:
    row = BillingRun.objects.select_for_update().get(pk=row.pk)
    failed = row.failed_count or is_partial
    row.status = BillingRun.Status.PARTIAL if failed else BillingRun.Status.COMPLETED
    row.finished_at = at
    row.save(update_fields=["status", "finished_at"])
    events.record(
        at=at, actor=actor, action="billing_run.finished", target=row, label=str(row.business_date),
        after={"invoices": row.invoice_count, "total": str(row.total_amount),
               "failed": row.failed_count},
    )  # fmt: skip
    return row


def sums(written: Written) -> dict[str, object]:
    """Return the sums as plain values, for JSON and logs."""
    return {
        key: str(value) if key in {"net", "tax"} else value
        for key, value in asdict(written).items()
    }
