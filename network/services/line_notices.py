"""Tell customers what became of their lines: cut off at once, on again once the router says so."""

from collections.abc import Sequence
from datetime import datetime

from ispbill.core import statements
from ispbill.notifications.services import bulk
from network.models import Access

# Columns in the order `bulk.enqueue_select` wants them.
_LINE = """
    SELECT %s || ':' || s.id || ':' || %s, c.phone, c.email, c.language,
           jsonb_build_object('name', c.name, 'number', c.number, 'service', s.connection_id,
               'package', k.name, 'balance', t.balance_amount::text,
               'reason', %s::text),
           c.id, NULL::bigint, c.wants_sms, c.wants_whatsapp, c.wants_email
    FROM customers_subscription s
    JOIN customers_customer c ON c.id = s.customer_id
    JOIN customers_accountstate t ON t.customer_id = c.id
    JOIN customers_package k ON k.id = s.package_id
    WHERE s.id = ANY(%s)
"""
_OWE = """
    UPDATE network_access SET owed_event = %s
    WHERE subscription_id = ANY(%s) AND desired_state = 'OPEN'
      AND generation <> confirmed_generation
    RETURNING subscription_id
"""
_TAKE = """
    UPDATE network_access line SET owed_event = '' FROM network_access was
    WHERE line.id = ANY(%s) AND was.id = line.id AND line.owed_event <> ''
      AND line.desired_state = 'OPEN' AND line.generation = line.confirmed_generation
    RETURNING was.owed_event, line.subscription_id
"""


def tell(*, event: str, subscription_ids: Sequence[int], at: datetime, reason: str = "") -> int:
    """Queue one message for each service; return how many are new."""
    if not subscription_ids:
        return 0
    return bulk.enqueue_select(
        event, _LINE, [event, at.isoformat(), reason, list(subscription_ids)], at
    )


def tell_when_open(*, event: str, subscription_ids: Sequence[int], at: datetime) -> int:
    """Queue the message of each service once its router has confirmed that the line is open.

    Belongs in the transaction of the desired state. Where nothing is to be waited for (no line
    yet, or it is open as wanted) it is queued now; returns how many of these are new.
    """
    if not subscription_ids:
        return 0
    owed = {row[0] for row in statements.read(_OWE, [event, list(subscription_ids)])}
    now = [pk for pk in subscription_ids if pk not in owed]
    return tell(event=event, subscription_ids=now, at=at)


def opened(*, line_ids: Sequence[int], at: datetime) -> None:
    """Queue what is owed to those whose lines have been confirmed; lines still unsettled wait.

    Belongs in the transaction of the confirmation.
    """
    if not Access.objects.filter(pk__in=line_ids).exclude(owed_event="").exists():
        return
    rows = statements.read(_TAKE, [list(line_ids)])
    for event in sorted({row[0] for row in rows}):
        tell(event=event, subscription_ids=sorted(row[1] for row in rows if row[0] == event), at=at)
