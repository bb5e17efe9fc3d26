"""Work a day out beforehand, approve it by its hash, and do exactly that or nothing.

What a customer would get is kept as a digest (`RehearsalPart`). Executing compares everything
before it begins, and again, customer by customer, what each chunk of the run has really written
before that chunk is committed: a run can be stopped by changed data, but not bill differently.
Messages and fees are compared once more under the customer's lock: who has changed is left out.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from billing import tasks
from billing.models import BillingRun, DunningEvent, Rehearsal, RehearsalPart
from billing.rules.ladder import MESSAGES, Action
from billing.services import cycle, dunning, late_fees, steps
from billing.services.cycle import PlanChanged
from billing.services.projections import Part, Projection, figures, month_before, project
from ispbill.audit.services import events, trail
from ispbill.audit.services.jobs import Progress
from ispbill.core import clock, jobs
from ispbill.core.actors import Actor
from ispbill.core.errors import DomainError, Stale
from ispbill.core.models import Company

Kind = RehearsalPart.Kind
_NAMED = 50


class NothingPlanned(DomainError):
    """There is nothing to bill, to say or to charge and nobody to cut off on that day."""


class OwnPlan(DomainError):
    """Who worked a day out does not approve it."""


class Changed(Stale):
    """What was approved is not what would happen now."""


@transaction.atomic
def propose(
    *,
    on: date,
    bill_day: int | None = None,
    branch_id: int | None = None,
    at: datetime,
    actor: Actor,
) -> Rehearsal:
    """Keep what the day would bring, to be approved. Raises NothingPlanned."""
    trail.begin(actor=actor, at=at)
    projection = project(on=on, bill_day=bill_day, branch_id=branch_id)
    if not projection.parts:
        raise NothingPlanned(
            _("Nothing is due on this day: no bill, no message, no late fee, nobody to be cut off.")
        )
    scope = cycle.scope_for(on=on, bill_day=bill_day, branch_id=branch_id)
    row = Rehearsal.objects.create(
        business_date=on,
        horizon=scope.horizon,
        bill_day=bill_day,
        branch_id=branch_id,
        plan_hash=projection.plan_hash,
        needs_second=Company.current().rehearsals_need_second,
        figures=figures(projection) | {"month_before": month_before(on, branch_id=branch_id)},
        proposed_by_id=actor.pk,
        proposed_at=at,
    )
    _keep(row, projection.parts)
    events.record(
        at=at, actor=actor, action="rehearsal.proposed", target=row, label=str(on),
        branch_id=branch_id, after={"hash": row.plan_hash},
    )  # fmt: skip
    return row


@transaction.atomic
def approve(*, rehearsal: Rehearsal, plan_hash: str, at: datetime, actor: Actor) -> Rehearsal:
    """Approve the plan somebody has looked at, and order its execution.

    Twice is once. Raises OwnPlan when the company wants a second person and this is the first,
    Changed when the hash is not this plan's, when the data has moved on, or when the rehearsal is
    not open any more.
    """
    trail.begin(actor=actor, at=at)
    row = Rehearsal.objects.select_for_update().get(pk=rehearsal.pk)
    if row.status == Rehearsal.Status.APPROVED and row.plan_hash == plan_hash:
        return row
    if row.status != Rehearsal.Status.PROPOSED or row.plan_hash != plan_hash:
        raise Changed(_("This plan is not open for approval any more. Work the day out again."))
    if row.is_barred_to(actor.pk):
        raise OwnPlan(_("You worked this day out; somebody else has to approve it."))
    now = _project(row)
    if now.plan_hash != row.plan_hash:
        raise Changed(_("The data has changed since this plan was made. Work the day out again."))
    row.status, row.approved_by_id, row.approved_at = Rehearsal.Status.APPROVED, actor.pk, at
    row.save(update_fields=["status", "approved_by", "approved_at"])
    events.record(
        at=at, actor=actor, action="rehearsal.approved", target=row, label=str(row.business_date),
        branch_id=row.branch_id, after={"hash": plan_hash},
    )  # fmt: skip
    jobs.after_commit(tasks.execute_rehearsal, rehearsal_id=row.pk)
    return row


@transaction.atomic
def withdraw(*, rehearsal: Rehearsal, at: datetime, actor: Actor) -> Rehearsal:
    """Take back a plan nobody has approved. Raises Changed otherwise."""
    trail.begin(actor=actor, at=at)
    row = Rehearsal.objects.select_for_update().get(pk=rehearsal.pk)
    if row.status != Rehearsal.Status.PROPOSED:
        raise Changed(_("Only a plan that is not approved yet can be withdrawn."))
    row.status, row.ended_at = Rehearsal.Status.WITHDRAWN, at
    row.save(update_fields=["status", "ended_at"])
    events.record(
        at=at, actor=actor, action="rehearsal.withdrawn", target=row,
        label=str(row.business_date), branch_id=row.branch_id,
    )  # fmt: skip
    return row


def execute(*, rehearsal_id: int, at: datetime, progress: Progress | None = None) -> Rehearsal:
    """Do what was approved; twice is once, cut off in the middle it goes on where it stopped.

    Must be called outside a transaction. What has changed since is refused, with the reasons in
    `outcome`. Raises `cycle.RunUnderWay`.
    """
    row = Rehearsal.objects.get(pk=rehearsal_id)
    if row.status != Rehearsal.Status.APPROVED:
        return row
    if row.begun_at is None:
        changed = changes(row)
        if changed:
            return _refuse(row, changed, at=at)
        row.begun_at = at
        Rehearsal.objects.filter(pk=row.pk, begun_at=None).update(begun_at=at)
    actor = row.approved_by
    run = _own_run(row)
    if run is None or run.status != BillingRun.Status.COMPLETED:
        try:
            run = cycle.run(
                on=row.business_date, at=at, actor=actor, bill_day=row.bill_day,
                branch_id=row.branch_id, request=f"rehearsal:{row.pk}", approved=row.pk,
            ).run  # fmt: skip
        except PlanChanged as error:
            return _refuse(row, error.customers, at=at)
    report = None
    if row.business_date == clock.local_date(at):
        on = row.business_date
        told = _digests(row, Kind.TELL)
        steps.send_approved(told, on=on, at=at, besides_run=run.pk if run else None)
        late_fees.charge_approved(_digests(row, Kind.FEE), on=on, at=at)
        cut = sorted(_digests(row, Kind.CUT))
        if cut:
            report = dunning.suspend_overdue(
                on=on, at=at, actor=actor, customer_ids=cut, progress=progress
            )
    return _finish(row, run_id=run.pk if run else None, report=report, at=at)


def changes(row: Rehearsal) -> list[int]:
    """Return the customers whose part of the plan is not what it was, by id."""
    kept = {(kind, pk): digest for kind, pk, digest in row.parts.values_list(
        "kind", "customer_id", "digest")}  # fmt: skip
    now = {(kind, pk): digest for kind, pk, digest in _project(row).parts}
    keys = kept.keys() | now.keys()
    return sorted({key[1] for key in keys if kept.get(key) != now.get(key)})


def _own_run(row: Rehearsal) -> BillingRun | None:
    """Return the run of a plan that was killed after it had begun to write."""
    return BillingRun.objects.filter(job_run__detail__request=f"rehearsal:{row.pk}").first()


def _digests(row: Rehearsal, kind: str) -> dict[int, str]:
    return dict(row.parts.filter(kind=kind).values_list("customer_id", "digest"))


def _left_out(row: Rehearsal, kind: str, actions: Sequence[str]) -> int:
    """Count the customers of a part of the plan for whom nothing was done: they had changed."""
    done = DunningEvent.objects.filter(
        on=row.business_date, at__gte=row.begun_at, outcome=DunningEvent.Outcome.DONE,
        action__in=actions,
    )  # fmt: skip
    parts = row.parts.filter(kind=kind)
    return parts.exclude(customer__in=done.values("customer")).count()


def _project(row: Rehearsal) -> Projection:
    return project(on=row.business_date, bill_day=row.bill_day, branch_id=row.branch_id)


def _keep(row: Rehearsal, parts: Sequence[Part]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_rehearsalpart (rehearsal_id, kind, customer_id, digest)"
            " SELECT %s, * FROM unnest(%s::text[], %s::bigint[], %s::text[])",
            [row.pk, [p[0] for p in parts], [p[1] for p in parts], [p[2] for p in parts]],
        )


@transaction.atomic
def _refuse(row: Rehearsal, customers: Sequence[int], *, at: datetime) -> Rehearsal:
    trail.begin(actor=None, at=at)
    row = Rehearsal.objects.select_for_update().get(pk=row.pk)
    if row.status == Rehearsal.Status.APPROVED:
        row.status, row.ended_at = Rehearsal.Status.REFUSED, at
        row.outcome = {"changed": len(customers), "customers": list(customers[:_NAMED])}
        row.save(update_fields=["status", "ended_at", "outcome"])
        events.record(
            at=at, actor=None, action="rehearsal.refused", target=row,
            label=str(row.business_date), after={"changed": len(customers)},
        )  # fmt: skip
    return row


@transaction.atomic
def _finish(
    row: Rehearsal, *, run_id: int | None, report: dunning.Report | None, at: datetime
) -> Rehearsal:
    trail.begin(actor=None, at=at)
    row = Rehearsal.objects.select_for_update().get(pk=row.pk)
    if row.status == Rehearsal.Status.APPROVED:
        row.status, row.ended_at, row.run_id = Rehearsal.Status.EXECUTED, at, run_id
        said, charged = [one.value for one in MESSAGES], [Action.LATE_FEE.value]
        is_day = row.business_date == clock.local_date(at)
        row.outcome = {
            "is_day": is_day,
            "suspended": report.suspended if report else 0,
            "not_suspended": dict(report.left) if report else {},
            "not_told": _left_out(row, Kind.TELL, said) if is_day else 0,
            "not_charged": _left_out(row, Kind.FEE, charged) if is_day else 0,
        }
        row.save(update_fields=["status", "ended_at", "run", "outcome"])
        events.record(
            at=at, actor=None, action="rehearsal.executed", target=row,
            label=str(row.business_date), after={"suspended": row.outcome["suspended"]},
        )  # fmt: skip
    return row
