"""Billing runs: the list of them, one of them, and what became of an order."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from billing.invoices.models import Invoice
from billing.run.models import BillingRun
from billing.run.queries import plan, plan_statement
from billing.run.queries.plan import Scope
from customers.models import Customer
from ispbill.audit.models import AuditEvent, JobRun, JobRunProblem
from ispbill.core import statements

SILENT_AFTER = timedelta(minutes=5)
_SHOWN_PROBLEMS = 200

_STATES = {
    BillingRun.Status.RUNNING: "RUNNING",
    BillingRun.Status.COMPLETED: "SUCCEEDED",
    BillingRun.Status.PARTIAL: "PARTIAL",
    BillingRun.Status.FAILED: "FAILED",
}


@dataclass(frozen=True)
class Row:
    """A run with the word for its state; one whose worker went silent was cut off."""

    run: BillingRun
    state: str
    is_live: bool
    is_cut_off: bool

    @property
    def is_scheduled(self) -> bool:
        job = self.run.job_run
        return job is not None and job.trigger == JobRun.Trigger.SCHEDULE


@dataclass(frozen=True)
class Problem:
    """A customer a run could not bill."""

    customer: Customer
    message: str
    is_due: bool  # still to be billed in the run's scope


@dataclass(frozen=True)
class Audience:
    """Who the messages of a run would reach: invoices still owed, by the channels wanted."""

    invoices: int = 0
    sms: int = 0
    whatsapp: int = 0
    email: int = 0


@dataclass(frozen=True)
class Progress:
    """What became of an order: its run, or why there is none (yet)."""

    run: BillingRun | None = None
    other: BillingRun | None = None
    error: str = ""
    is_nothing_due: bool = False
    is_waiting: bool = False
    is_slow: bool = False


def all_runs() -> QuerySet[BillingRun]:
    """Return the runs, the latest first."""
    return BillingRun.objects.select_related("branch", "started_by", "job_run").order_by("-pk")


def row(run: BillingRun, *, at: datetime) -> Row:
    """Say how a run stands at a moment (UTC)."""
    is_running = run.status == BillingRun.Status.RUNNING
    job = run.job_run
    is_live = bool(
        is_running and job is not None and job.is_running and job.heartbeat_at > at - SILENT_AFTER
    )
    is_cut_off = is_running and not is_live
    state = "FAILED" if is_cut_off else _STATES[BillingRun.Status(run.status)]
    return Row(run, state, is_live, is_cut_off)


def under_way(*, at: datetime) -> BillingRun | None:
    """Return the run a worker is busy with at this moment."""
    latest = all_runs().filter(status=BillingRun.Status.RUNNING)[:5]
    return next((run for run in latest if row(run, at=at).is_live), None)


def problems(run: BillingRun) -> list[Problem]:
    """Return the customers a run could not bill, and whether they are still due."""
    if run.job_run_id is None:
        return []
    noted = list(
        JobRunProblem.objects.filter(run=run.job_run_id, item_type="customer").order_by("pk")[
            :_SHOWN_PROBLEMS
        ]
    )
    customers = Customer.objects.in_bulk([one.item_id for one in noted])
    still = _still_due(
        Scope(run.horizon, run.bill_day, run.branch_id, customers=_chosen(run)),
        [one.item_id for one in noted],
    )
    return [
        Problem(customers[one.item_id], one.message, one.item_id in still)
        for one in noted
        if one.item_id in customers
    ]


def audience(run: BillingRun) -> Audience:
    """Count what announcing a run would send."""
    owed = Invoice.objects.filter(
        run=run, status=Invoice.Status.OPEN, amount_due__gt=0, customer__archived_at__isnull=True
    )
    counted: dict[str, Any] = owed.aggregate(
        invoices=Count("pk"),
        sms=Count("pk", filter=Q(customer__wants_sms=True) & ~Q(customer__phone="")),
        whatsapp=Count("pk", filter=Q(customer__wants_whatsapp=True) & ~Q(customer__phone="")),
        email=Count("pk", filter=Q(customer__wants_email=True) & ~Q(customer__email="")),
    )
    return Audience(**counted)


def progress_of(order: AuditEvent, *, at: datetime) -> Progress:
    """Say what became of an order (its audit event) by this moment."""
    job = (
        JobRun.objects.filter(job="run_billing", detail__request=order.target_id)
        .order_by("-pk")
        .first()
    )
    if job is None:
        other = under_way(at=at)
        return Progress(other=other, is_waiting=other is None, is_slow=_is_slow(order, at))
    run = all_runs().filter(job_run=job).first()
    if run is not None:
        return Progress(run=run)
    if job.status == JobRun.Status.FAILED:
        return Progress(error=job.error)
    return Progress(is_nothing_due=not job.is_running, is_waiting=job.is_running)


def scope_of(order: AuditEvent) -> dict[str, Any]:
    """Return the scope staff confirmed: on (date), bill_day, branch_id."""
    kept = order.after or {}
    return {
        "on": date.fromisoformat(kept["on"]),
        "bill_day": kept["bill_day"],
        "branch_id": kept["branch_id"],
    }


def _chosen(run: BillingRun) -> tuple[int, ...] | None:
    return None if run.customer_ids is None else tuple(run.customer_ids)


def _is_slow(order: AuditEvent, at: datetime) -> bool:
    return at - order.at > timedelta(seconds=30)


def _still_due(scope: Scope, customer_ids: list[int]) -> set[int]:
    if not customer_ids:
        return set()
    rows = statements.read(
        f"SELECT DISTINCT h.customer_id {plan_statement.DUE} AND h.customer_id = ANY(%(ids)s)",
        {**plan.parameters(scope), "ids": customer_ids},
    )
    return {row[0] for row in rows}
