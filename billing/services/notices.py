"""Tell customers about bills, due dates and changes: set-based, queued in the outbox."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from billing.models import BillingRun, BreakRequest, PackageChange
from ispbill.audit.models import JobRun
from ispbill.audit.services import events, trail
from ispbill.core.actors import Actor
from ispbill.core.models import Company
from ispbill.notifications.services import bulk

# Columns in the order `bulk.enqueue_select` wants them: dedup, phone, email, language, context,
# customer, user, wants_sms, wants_whatsapp, wants_email.
_BILL = """
    SELECT {dedup}, c.phone, c.email, c.language,
           jsonb_build_object('name', c.name, 'number', c.number, 'invoice', i.number,
               'amount', i.amount_due::text, 'due_date', i.due_date::text,
               'period', coalesce((SELECT lower(l.span)::text || '/' || upper(l.span)::text
                                   FROM billing_invoiceline l
                                   WHERE l.invoice_id = i.id AND l.span IS NOT NULL
                                   ORDER BY l.id LIMIT 1), ''),
               'balance', t.balance_amount::text,
               'suspend_date', (i.due_date + %s::int + 1)::text),
           c.id, NULL::bigint, c.wants_sms, c.wants_whatsapp, c.wants_email
    FROM billing_invoice i
    JOIN customers_customer c ON c.id = i.customer_id
    JOIN customers_standing t ON t.customer_id = c.id
    WHERE i.status = 'OPEN' AND i.amount_due > 0 AND c.archived_at IS NULL AND {where}
"""

_BREAK = """
    SELECT %s || %s, c.phone, c.email, c.language,
           jsonb_build_object('name', c.name, 'number', c.number, 'service', s.connection_id,
               'package', CASE WHEN c.language = 'bn' AND k.local_name <> '' THEN k.local_name
                               ELSE k.name END,
               'period', lower(b.span)::text || '/' || upper(b.span)::text,
               'reason', b.decision_note),
           c.id, NULL::bigint, c.wants_sms, c.wants_whatsapp, c.wants_email
    FROM billing_breakrequest b
    JOIN customers_subscription s ON s.id = b.subscription_id
    JOIN customers_customer c ON c.id = b.customer_id
    JOIN customers_package k ON k.id = s.package_id
    WHERE b.id = %s
"""

_CHANGE = """
    SELECT %s || %s, c.phone, c.email, c.language,
           jsonb_build_object('name', c.name, 'number', c.number, 'service', s.connection_id,
               'package', CASE WHEN c.language = 'bn' AND k.local_name <> '' THEN k.local_name
                               ELSE k.name END,
               'amount', abs(g.total_amount)::text, 'day', g.effective_on::text,
               'reason', g.decision_note, 'balance', t.balance_amount::text),
           c.id, NULL::bigint, c.wants_sms, c.wants_whatsapp, c.wants_email
    FROM billing_packagechange g
    JOIN customers_subscription s ON s.id = g.subscription_id
    JOIN customers_customer c ON c.id = g.customer_id
    JOIN customers_standing t ON t.customer_id = c.id
    JOIN customers_package k ON k.id = g.package_to_id
    WHERE g.id = %s
"""


@transaction.atomic
def announce(*, run: BillingRun, at: datetime, actor: Actor | None) -> int:
    """Queue the messages of a finished run, once; return how many are new."""
    trail.begin(actor=actor, at=at)
    run = BillingRun.objects.select_for_update().get(pk=run.pk)
    if run.messages_sent_at is not None:
        return 0
    queued = bulk.enqueue_select(
        "invoice_issued",
        _BILL.format(dedup="i.number", where="i.run_id = %s"),
        [Company.current().grace_days, run.pk],
        at,
    )
    run.messages_sent_at = at
    run.save(update_fields=["messages_sent_at"])
    events.record(
        at=at, actor=actor, action="billing_run.announced", target=run,
        label=str(run.business_date), after={"messages": queued},
    )  # fmt: skip
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
        over, job_run__scheduled_for__isnull=False, messages_sent_at__isnull=True,
        invoice_count__gt=0, started_at__gt=at - timedelta(days=3),
    ).exclude(job_run__status__in=[JobRun.Status.RUNNING, JobRun.Status.WAITING])  # fmt: skip
    return sum(announce(run=run, at=at, actor=None) for run in left.order_by("pk"))


def invoice_issued(*, invoice_id: int, at: datetime) -> int:
    """Queue the message about one invoice that was issued by hand; return how many are new."""
    return bulk.enqueue_select(
        "invoice_issued",
        _BILL.format(dedup="i.number", where="i.id = %s"),
        [Company.current().grace_days, invoice_id],
        at,
    )


def package_change(*, event: str, change: PackageChange, at: datetime) -> int:
    """Queue one message about a package change: done, approved for a day to come, or refused."""
    return bulk.enqueue_select(
        event, _CHANGE, [f"{change.pk}:{change.status}:", at.isoformat(), change.pk], at
    )


def break_decided(*, event: str, request: BreakRequest, at: datetime) -> int:
    """Queue one message about a break the customer asked for: it comes, or it does not."""
    values = [f"{request.pk}:{request.status}:", at.isoformat(), request.pk]
    return bulk.enqueue_select(event, _BREAK, values, at)
