"""Tell customers about pauses and package changes: queued in the outbox."""

from datetime import datetime

from billing.changes.models import PauseRequest
from billing.pricing.models import PackageChange
from ispbill.notifications.services import bulk

# Columns in the order `bulk.enqueue_select` wants them.
_PAUSE = """
    SELECT %s || %s, c.phone, c.email, c.language,
           jsonb_build_object('name', c.name, 'number', c.number, 'service', s.connection_id,
               'package', CASE WHEN c.language = 'bn' AND k.local_name <> '' THEN k.local_name
                               ELSE k.name END,
               'period', lower(b.span)::text || '/' || upper(b.span)::text,
               'reason', b.decision_note),
           c.id, NULL::bigint, c.wants_sms, c.wants_whatsapp, c.wants_email
    FROM billing_pauserequest b
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
    JOIN customers_accountstate t ON t.customer_id = c.id
    JOIN customers_package k ON k.id = g.package_to_id
    WHERE g.id = %s
"""


def package_change(*, event: str, change: PackageChange, at: datetime) -> int:
    """Queue one message about a package change: done, approved for a day to come, or refused."""
    return bulk.enqueue_select(
        event, _CHANGE, [f"{change.pk}:{change.status}:", at.isoformat(), change.pk], at
    )


def pause_decided(*, event: str, request: PauseRequest, at: datetime) -> int:
    """Queue one message about a pause the customer asked for: it comes, or it does not."""
    values = [f"{request.pk}:{request.status}:", at.isoformat(), request.pk]
    return bulk.enqueue_select(event, _PAUSE, values, at)
