"""The row of a billing run: begun, counted up, finished."""

from datetime import date

from django.db import models, transaction

from billing.run.models import BillingRun
from billing.run.queries.plan import Scope
from billing.run.services.cycle_chunk import Written
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act


def count(row: BillingRun, written: Written, *, upto: int) -> None:
    """Add what a chunk has written, in its transaction."""
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


def unfinished(scope: Scope, on: date) -> BillingRun | None:
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
def begin(scope: Scope, *, on: date, act: Act, customers: int) -> BillingRun:
    """Write the row of a run that starts."""
    trail.begin(act=act.because(f"billing run of {on}"))
    row = BillingRun.objects.create(
        business_date=on,
        horizon=scope.horizon,
        bill_day=scope.bill_day,
        branch_id=scope.branch_id,
        customer_ids=_ids(scope),
        started_at=act.at,
        started_by_id=act.actor.pk if act.actor is not None else None,
        customers_total=customers,
    )
    events.record(act=act, action="billing_run.started", target=row, label=str(on), branch_id=None)
    return row


@transaction.atomic
def finish(row: BillingRun, *, act: Act, is_partial: bool = False) -> BillingRun:
    """Close the row: completed, or partial when somebody is not billed."""
    row = BillingRun.objects.select_for_update().get(pk=row.pk)
    failed = row.failed_count or is_partial
    row.status = BillingRun.Status.PARTIAL if failed else BillingRun.Status.COMPLETED
    row.finished_at = act.at
    row.save(update_fields=["status", "finished_at"])
    events.record(
        act=act,
        action="billing_run.finished",
        target=row,
        label=str(row.business_date),
        after={
            "invoices": row.invoice_count,
            "total": str(row.total_amount),
            "failed": row.failed_count,
        },
        branch_id=None,
    )
    return row
