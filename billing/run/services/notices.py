"""Tell customers about the bills of a run: one set-based statement, queued in the outbox."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from billing.invoices.services.notices import BILL
from billing.run.models import BillingRun
from ispbill.audit.models import JobRun
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.models import Company
from ispbill.notifications.services import bulk


@transaction.atomic
def announce(*, run: BillingRun, act: Act) -> int:
    """Queue the messages of a finished run, once; return how many are new."""
    trail.begin(act=act.because(""))
    run = BillingRun.objects.select_for_update().get(pk=run.pk)
    if run.messages_sent_at is not None:
        return 0
    queued = bulk.enqueue_select(
        "invoice_issued",
        BILL.format(dedup="i.number", where="i.run_id = %s"),
        [Company.current().grace_days, run.pk],
        act.at,
    )
    run.messages_sent_at = act.at
    run.save(update_fields=["messages_sent_at"])
    events.record(
        act=act,
        action="billing_run.announced",
        target=run,
        label=str(run.business_date),
        after={"messages": queued},
        branch_id=None,
    )
    return queued


def announce_left(*, at: datetime) -> int:
    """Announce runs of the timetable that are over without it; return how many messages are new.

    Over is a run that has ended, and one whose job has failed for good. Those of before three
    days ago are left: their bills are old news.
    """
    over = Q(status__in=[BillingRun.Status.COMPLETED, BillingRun.Status.PARTIAL]) | Q(
        job_run__status=JobRun.Status.FAILED
    )
    left = BillingRun.objects.filter(
        over,
        job_run__scheduled_for__isnull=False,
        messages_sent_at__isnull=True,
        invoice_count__gt=0,
        started_at__gt=at - timedelta(days=3),
    ).exclude(job_run__status__in=[JobRun.Status.RUNNING, JobRun.Status.WAITING])
    return sum(announce(run=run, act=Act(None, at)) for run in left.order_by("pk"))
