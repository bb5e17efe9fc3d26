"""Work a day out beforehand, approve it by its hash, and do exactly that or nothing.

What a customer would get is kept as a digest (`DryRunPart`). Executing compares everything
before it begins, and again, customer by customer, what each chunk of the run has really written
before that chunk is committed: a run can be stopped by changed data, but not bill differently.
Messages and fees are compared once more under the customer's lock: a customer whose plan has
changed is left out.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from billing.dunning.models import DunningEvent
from billing.dunning.rules.ladder import MESSAGES, Action
from billing.dunning.services import dunning, late_fees, steps
from billing.run.models import BillingRun, DryRun, DryRunPart
from billing.run.services import cycle
from billing.run.services.cycle import PlanChanged
from billing.run.services.projections import Part, Projection, figures, month_before, project
from ispbill.audit.services import events, trail
from ispbill.audit.services.jobs import Progress
from ispbill.core import clock, jobs, statements
from ispbill.core.actors import Actor
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from ispbill.core.models import Company

Kind = DryRunPart.Kind
_NAMED = 50


class NothingPlanned(DomainError):
    """There is nothing to bill, to say or to charge and nobody to cut off on that day."""


class OwnPlan(DomainError):
    """Who worked a day out does not approve it."""


class Changed(Stale):
    """What was approved is not what would happen now."""


@transaction.atomic
def propose(
    *, on: date, bill_day: int | None = None, branch_id: int | None = None, act: Act[Actor]
) -> DryRun:
    """Keep what the day would bring, to be approved. Raises NothingPlanned."""
    trail.begin(act=act.because(""))
    projection = project(on=on, bill_day=bill_day, branch_id=branch_id)
    if not projection.parts:
        raise NothingPlanned(
            _("Nothing is due on this day: no bill, no message, no late fee, nobody to be cut off.")
        )
    scope = cycle.scope_for(on=on, bill_day=bill_day, branch_id=branch_id)
    row = DryRun.objects.create(
        business_date=on,
        horizon=scope.horizon,
        bill_day=bill_day,
        branch_id=branch_id,
        plan_hash=projection.plan_hash,
        needs_second=Company.current().dry_runs_need_second,
        figures=figures(projection) | {"month_before": month_before(on, branch_id=branch_id)},
        proposed_by_id=act.actor.pk,
        proposed_at=act.at,
    )
    _keep(row, projection.parts)
    events.record(
        act=act,
        action="dry_run.proposed",
        target=row,
        label=str(on),
        branch_id=branch_id,
        after={"hash": row.plan_hash},
    )
    return row


@transaction.atomic
def approve(*, dry_run: DryRun, plan_hash: str, act: Act[Actor]) -> DryRun:
    """Approve the plan somebody has looked at, and order its execution.

    Twice is once. Raises OwnPlan when the company wants a second person and this is the first,
    Changed when the hash is not this plan's, when the data has moved on, or when the dry run is
    not open any more.
    """
    trail.begin(act=act.because(""))
    row = DryRun.objects.select_for_update().get(pk=dry_run.pk)
    if row.status == DryRun.Status.APPROVED and row.plan_hash == plan_hash:
        return row
    if row.status != DryRun.Status.PROPOSED or row.plan_hash != plan_hash:
        raise Changed(_("This plan is not open for approval any more. Work the day out again."))
    if row.is_barred_to(act.actor.pk):
        raise OwnPlan(_("You worked this day out; somebody else has to approve it."))
    now = _project(row)
    if now.plan_hash != row.plan_hash:
        raise Changed(_("The data has changed since this plan was made. Work the day out again."))
    row.status, row.approved_by_id, row.approved_at = (DryRun.Status.APPROVED, act.actor.pk, act.at)
    row.save(update_fields=["status", "approved_by", "approved_at"])
    events.record(
        act=act,
        action="dry_run.approved",
        target=row,
        label=str(row.business_date),
        after={"hash": plan_hash},
    )
    jobs.after_commit("billing.execute_approved_plan", dry_run_id=row.pk)
    return row


@transaction.atomic
def withdraw(*, dry_run: DryRun, act: Act[Actor]) -> DryRun:
    """Take back a plan nobody has approved. Raises Changed otherwise."""
    trail.begin(act=act.because(""))
    row = DryRun.objects.select_for_update().get(pk=dry_run.pk)
    if row.status != DryRun.Status.PROPOSED:
        raise Changed(_("Only a plan that is not approved yet can be withdrawn."))
    row.status, row.ended_at = DryRun.Status.WITHDRAWN, act.at
    row.save(update_fields=["status", "ended_at"])
    events.record(act=act, action="dry_run.withdrawn", target=row, label=str(row.business_date))
    return row


def execute(*, dry_run_id: int, at: datetime, progress: Progress | None = None) -> DryRun:
    """Do what was approved; twice is once, cut off in the middle it goes on where it stopped.

    Must be called outside a transaction. What has changed since is refused, with the reasons in
    `outcome`. Raises `cycle.RunUnderWay`.
    """
    row = DryRun.objects.get(pk=dry_run_id)
    if row.status != DryRun.Status.APPROVED:
        return row
    if row.begun_at is None:
        changed = changes(row)
        if changed:
            return _refuse(row, changed, at=at)
        row.begun_at = at
        DryRun.objects.filter(pk=row.pk, begun_at=None).update(begun_at=at)
    actor = row.approved_by
    run = _own_run(row)
    if run is None or run.status != BillingRun.Status.COMPLETED:
        try:
            run = cycle.run(
                on=row.business_date,
                act=Act(actor, at),
                scope=cycle.scope_for(
                    on=row.business_date, bill_day=row.bill_day, branch_id=row.branch_id
                ),
                request=f"dry_run:{row.pk}",
                approved=row.pk,
            ).run
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
                on=on, act=Act(actor, at), customer_ids=cut, progress=progress
            )
    return _finish(row, run_id=run.pk if run else None, report=report, at=at)


def changes(row: DryRun) -> list[int]:
    """Return the customers whose part of the plan is not what it was, by id."""
    kept = {
        (kind, pk): digest
        for kind, pk, digest in row.parts.values_list("kind", "customer_id", "digest")
    }
    now = {(kind, pk): digest for kind, pk, digest in _project(row).parts}
    keys = kept.keys() | now.keys()
    return sorted({key[1] for key in keys if kept.get(key) != now.get(key)})


def _own_run(row: DryRun) -> BillingRun | None:
    """Return the run of a plan that was killed after it had begun to write."""
    return BillingRun.objects.filter(job_run__detail__request=f"dry_run:{row.pk}").first()


def _digests(row: DryRun, kind: str) -> dict[int, str]:
    return dict(row.parts.filter(kind=kind).values_list("customer_id", "digest"))


def _left_out(row: DryRun, kind: str, actions: Sequence[str]) -> int:
    """Count the customers of a part of the plan for whom nothing was done: they had changed."""
    done = DunningEvent.objects.filter(
        on=row.business_date,
        at__gte=row.begun_at,
        outcome=DunningEvent.Outcome.DONE,
        action__in=actions,
    )
    parts = row.parts.filter(kind=kind)
    return parts.exclude(customer__in=done.values("customer")).count()


def _project(row: DryRun) -> Projection:
    return project(on=row.business_date, bill_day=row.bill_day, branch_id=row.branch_id)


def _keep(row: DryRun, parts: Sequence[Part]) -> None:
    statements.run(
        "INSERT INTO billing_dryrunpart (dry_run_id, kind, customer_id, digest)"
        " SELECT %s, * FROM unnest(%s::text[], %s::bigint[], %s::text[])",
        [row.pk, [p[0] for p in parts], [p[1] for p in parts], [p[2] for p in parts]],
    )


@transaction.atomic
def _refuse(row: DryRun, customers: Sequence[int], *, at: datetime) -> DryRun:
    trail.begin(act=Act(None, at))
    row = DryRun.objects.select_for_update().get(pk=row.pk)
    if row.status == DryRun.Status.APPROVED:
        row.status, row.ended_at = DryRun.Status.REFUSED, at
        row.outcome = {"changed": len(customers), "customers": list(customers[:_NAMED])}
        row.save(update_fields=["status", "ended_at", "outcome"])
        events.record(
            act=Act(None, at),
            action="dry_run.refused",
            target=row,
            label=str(row.business_date),
            after={"changed": len(customers)},
            branch_id=None,
        )
    return row


@transaction.atomic
def _finish(
    row: DryRun, *, run_id: int | None, report: dunning.Report | None, at: datetime
) -> DryRun:
    trail.begin(act=Act(None, at))
    row = DryRun.objects.select_for_update().get(pk=row.pk)
    if row.status == DryRun.Status.APPROVED:
        row.status, row.ended_at, row.run_id = DryRun.Status.EXECUTED, at, run_id
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
            act=Act(None, at),
            action="dry_run.executed",
            target=row,
            label=str(row.business_date),
            after={"suspended": row.outcome["suspended"]},
            branch_id=None,
        )
    return row
