"""Tell prepaid customers: renewed, ending soon with too little credit, over. Queued in bulk."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.conf import settings

from ispbill.notifications.services import bulk

# Columns in the order `bulk.enqueue_select` wants them. One message for a service, event and day
# its time is over; `%s` before it parts occasions that share a day.
_SELECT = """
    SELECT 's' || s.id || ':' || h.billed_until::text || ':' || %s, c.phone, c.email, c.language,
           jsonb_build_object('name', c.name, 'number', c.number, 'service', s.connection_id,
               'package', CASE WHEN c.language = 'bn' AND k.local_name <> '' THEN k.local_name
                               ELSE k.name END,
               'balance', t.balance_amount::text, 'pay_url', %s::text,
               'expires_on', h.billed_until::text, 'missing', m.missing),
           c.id, NULL::bigint, c.wants_sms, c.wants_whatsapp, c.wants_email
    FROM unnest(%s::bigint[], %s::text[]) AS m (subscription_id, missing)
    JOIN customers_subscription s ON s.id = m.subscription_id
    JOIN billing_schedule h ON h.subscription_id = s.id
    JOIN customers_customer c ON c.id = s.customer_id
    JOIN customers_accountstate t ON t.customer_id = c.id
    JOIN customers_package k ON k.id = s.package_id
    WHERE c.archived_at IS NULL
"""


def renewed(subscription_ids: Sequence[int], *, at: datetime) -> int:
    """Say until when the services are paid now, once a renewal; return how many were queued."""
    return _queue("prepaid_renewed", dict.fromkeys(subscription_ids, Decimal(0)), "", at=at)


def over(subscription_ids: Sequence[int], *, at: datetime) -> int:
    """Say that the time of the services is over and the lines are closed, once an expiry."""
    return _queue("prepaid_over", dict.fromkeys(subscription_ids, Decimal(0)), "", at=at)


def low(missing: Mapping[int, Decimal], *, days: int, at: datetime) -> int:
    """Say `days` before the time is over what is missing to go on, by service."""
    return _queue("prepaid_low", missing, str(days), at=at)


def _queue(event: str, missing: Mapping[int, Decimal], occasion: str, *, at: datetime) -> int:
    if not missing:
        return 0
    pay_url = f"{settings.PUBLIC_URL}/portal/prepaid/"
    values = [occasion, pay_url, list(missing), [f"{one:.2f}" for one in missing.values()]]
    return bulk.enqueue_select(event, _SELECT, values, at)
