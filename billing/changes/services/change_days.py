"""The days package changes were approved for: each is carried out on its day, once."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from billing.changes.services import changing, notices
from billing.invoices.models import Schedule
from billing.ledger.services import account_states
from billing.pricing.models import PackageChange
from customers.models import Subscription
from ispbill.audit.services import trail
from ispbill.audit.services.jobs import Progress
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


@dataclass
class Report:
    """What a run did: changes carried out, waiting for a bill still, and dropped."""

    applied: int = 0
    waiting: int = 0
    dropped: int = 0
    failed: int = 0


def apply_due(*, on: date, at: datetime, progress: Progress | None = None) -> Report:
    """Carry out the approved changes whose day has come by company date `on`.

    The bills from that day on are written with the new package already
    (`billing.run.queries.plan`), so that only the service and its line are left to switch, and
    being late or running twice changes no amount. One transaction for each; one that fails is noted
    and the others go on.
    """
    report = Report()
    due = list(
        PackageChange.objects.filter(status=PackageChange.Status.APPROVED, effective_on__lte=on)
        .order_by("effective_on", "pk")
        .values_list("pk", flat=True)
    )
    if progress is not None:
        progress.total(len(due), step="package changes")
    for pk in due:
        try:
            _apply(pk, at, report)
        except DomainError as error:
            report.failed += 1
            if progress is not None:
                progress.problem(
                    item_type="package_change", item_id=pk, label=f"#{pk}", message=str(error)
                )
    return report


@transaction.atomic
def _apply(pk: int, at: datetime, report: Report) -> None:
    reason = "the day of the approved package change has come"
    trail.begin(act=Act(None, at, reason=reason))
    customer_id = PackageChange.objects.values_list("customer_id", flat=True).get(pk=pk)
    account_states.lock([customer_id])
    change = (
        PackageChange.objects.select_for_update(of=("self",))
        .select_related("package_to")
        .get(pk=pk)
    )
    if change.status != PackageChange.Status.APPROVED:
        return
    service = Subscription.objects.select_related("customer", "package").get(
        pk=change.subscription_id
    )
    if service.status == Subscription.Status.CANCELLED:
        change.status, change.decision_note = PackageChange.Status.CANCELLED, "service cancelled"
        change.save()
        report.dropped += 1
        return
    behind = Schedule.objects.filter(
        subscription=service, billed_until__lt=change.effective_on
    ).exists()
    if behind:  # days of the old package are still to be billed at its price
        report.waiting += 1
        return
    changing.switch(change, service, act=Act(None, at, reason=reason))
    change.status, change.applied_at = PackageChange.Status.APPLIED, at
    change.save()
    notices.package_change(event="package_changed", change=change, at=at)
    report.applied += 1
