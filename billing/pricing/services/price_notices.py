"""Tell customers that their price will change, and that it will not after all."""

from datetime import date, datetime, timedelta

from billing.pricing.models import PriceChange
from customers.queries import taxes
from ispbill.core import statements
from ispbill.core.models import Company
from ispbill.notifications.services import bulk

# What is paid a cycle with tax, before and after; in the columns `bulk.enqueue_select` wants.
_STEPS = """
    SELECT 'change:' || t.change_id || ':' || s.id, c.phone, c.email, c.language,
           jsonb_build_object('name', c.name, 'number', c.number, 'service', s.connection_id,
               'package', k.name,
               'old_amount',
               coalesce(s.gross_amount, round(s.price_amount * (1 + r.rate), 2))::text,
               'amount',
               coalesce(t.gross_amount, round(t.price_amount * (1 + r.rate), 2))::text,
               'from_date', t.from_on::text),
           c.id, NULL::bigint, c.wants_sms, c.wants_whatsapp, c.wants_email
    FROM billing_pricestep t
    JOIN customers_subscription s ON s.id = t.subscription_id AND s.status <> 'CANCELLED'
    JOIN customers_customer c ON c.id = s.customer_id
    JOIN customers_package k ON k.id = s.package_id
    CROSS JOIN LATERAL (SELECT CASE WHEN c.is_tax_exempt THEN 0 ELSE %s::numeric END AS rate) r
    WHERE t.change_id = %s AND t.applied_on IS NULL
"""

# Everybody a notice has left for, on whatever channel.
_TOLD = """
      AND EXISTS (SELECT FROM notifications_message m
                  WHERE m.dedup_key = ANY(ARRAY[{key} || ':SMS', {key} || ':WHATSAPP', {key} || ':EMAIL'])
                    AND m.state NOT IN ('QUEUED', 'CANCELLED'))
""".format(key="'price_change:change:' || t.change_id || ':' || s.id")  # noqa: E501

_UNSENT = """
    UPDATE notifications_message m SET state = 'CANCELLED'
    FROM billing_pricestep t
    WHERE t.change_id = %s AND m.state = 'QUEUED'
      AND m.dedup_key IN (
          'price_change:change:' || t.change_id || ':' || t.subscription_id || ':SMS',
          'price_change:change:' || t.change_id || ':' || t.subscription_id || ':WHATSAPP',
          'price_change:change:' || t.change_id || ':' || t.subscription_id || ':EMAIL')
"""


def tell(*, change: PriceChange, on: date, at: datetime) -> int:
    """Queue the notices of a confirmed change once its time has come; return how many are new.

    They leave as many days before its day as the company says (`price_notice_days`), once each.
    """
    first = change.effective_from - timedelta(days=Company.current().price_notice_days)
    if not change.is_noticed or not first <= on < change.effective_from:
        return 0
    return bulk.enqueue_select("price_change", _STEPS, [_rate(change), change.pk], at)


def withdraw(*, change: PriceChange, at: datetime) -> int:
    """Take back notices that wait, and tell whom one has reached; return how many are told.

    Inside the transaction that calls the change off, while its steps are there.
    """
    told = bulk.enqueue_select(
        "price_change_cancelled", _STEPS + _TOLD, [_rate(change), change.pk], at
    )
    statements.run(_UNSENT, [change.pk])
    return told


def _rate(change: PriceChange) -> object:
    return taxes.rate_on(tax_class_id=change.package.tax_class_id, on=change.effective_from)
