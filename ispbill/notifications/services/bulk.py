"""Queue messages by the hundred thousand: one INSERT … SELECT in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from ispbill.core import statements
from ispbill.notifications.models import Message
from ispbill.notifications.rules import wishes, wording
from ispbill.notifications.rules.events import EVENTS
from ispbill.notifications.services import compose

# The columns not named have their defaults written out: the database has none for them.
_INSERT = """
INSERT INTO notifications_message (dedup_key, event, channel, recipient, customer_id, user_id,
    language, context, subject, body, parts, state, is_urgent, attempts, next_attempt_at,
    provider, provider_ref, error, created_at)
SELECT CASE WHEN length(k.whole) <= %s THEN k.whole
            ELSE %s || ':' || left(encode(sha256(convert_to(n.dedup, 'UTF8')), 'hex'), 40)
                 || ':' || way.place END,
       %s, way.channel, way.recipient, n.customer_id, n.user_id, l.code, n.context, '', '', 0,
       'QUEUED', %s, 0, CASE WHEN way.channel = 'EMAIL' THEN %s ELSE %s END, '', '', '', %s
FROM (
"""
_CHOOSE = """
) AS n (dedup, phone, email, language, context, customer_id, user_id,
        wants_sms, wants_whatsapp, wants_email)
CROSS JOIN LATERAL (VALUES
    ('SMS', n.phone, n.wants_sms, 'SMS', 'SMS'),
    ('WHATSAPP', n.phone, n.wants_whatsapp, 'WHATSAPP', 'WHATSAPP'),
    ('EMAIL', n.email, n.wants_email, 'EMAIL', 'EMAIL')
"""
# As `push_letters`: the devices of whoever opens the account in the portal; an SMS's wording.
_DEVICES = """
    UNION ALL
    SELECT 'WEB_PUSH', d.name || ' #' || d.id, true, 'WEB_PUSH.' || d.id, 'SMS'
    FROM customers_customerlogin login
    JOIN notifications_pushdevice d ON d.user_id = login.user_id AND d.app = 'PORTAL'
    JOIN accounts_user person ON person.id = d.user_id AND person.is_active
    WHERE login.customer_id = n.customer_id
"""
_QUEUE = """
) AS way (channel, recipient, is_wanted, place, wording)
CROSS JOIN LATERAL (
    SELECT CASE WHEN n.language = ANY (%s) THEN n.language ELSE 'en' END) AS l (code)
CROSS JOIN LATERAL (SELECT %s || ':' || n.dedup || ':' || way.place) AS k (whole)
WHERE (way.is_wanted{last_way}) AND way.recipient <> '' AND way.channel = ANY (%s)
  AND NOT EXISTS (
      SELECT FROM notifications_wording w
      WHERE w.event = %s AND w.channel = way.wording AND w.language = l.code
        AND (NOT w.is_active OR w.body = ''))
  {willing}
ON CONFLICT (dedup_key) DO NOTHING
"""
# As `rules.wishes.last_way`.
_LAST_WAY = """
    OR NOT (n.wants_sms AND n.phone <> '' AND 'SMS' = ANY (%s)
            OR n.wants_whatsapp AND n.phone <> '' AND 'WHATSAPP' = ANY (%s)
            OR n.wants_email AND n.email <> '' AND 'EMAIL' = ANY (%s))
       AND way.place = CASE WHEN n.email <> '' AND 'EMAIL' = ANY (%s) THEN 'EMAIL' ELSE 'SMS' END"""
_WILLING = """
  AND NOT EXISTS (
      SELECT FROM notifications_reminderrefusal r WHERE r.customer_id = n.customer_id)"""


_CHOSEN = """
  AND NOT EXISTS (
      SELECT FROM notifications_eventrefusal e
      WHERE e.customer_id = n.customer_id AND e.event = %s)"""


def enqueue_select(
    event: str, select_sql: str, params: Sequence[Any], at: datetime, *, is_urgent: bool = False
) -> int:
    """Queue a message for each row of a SELECT and each suitable channel; return how many are new.

    The SELECT gives, in this order: dedup text (the fact told of, as in `compose.enqueue`), phone
    text (E.164 or ''), email text (or ''), language text, context jsonb (money as text with two
    decimals: `amount::text`; days as ISO text), customer_id bigint (or NULL), user_id bigint (or
    NULL), wants_sms, wants_whatsapp, wants_email boolean. Its parameters are positional (`%s`).
    It is our own SQL, never a user's. Runs in the caller's transaction.
    """
    now = compose.terms(event=event, at=at, is_urgent=is_urgent)
    before: list[Any] = [
        compose.KEY_LENGTH,
        event,
        event,
        now.is_urgent,
        now.first_chance("EMAIL"),
        now.first_chance("SMS"),
        at,
    ]
    to_devices = now.has_devices and not EVENTS[event].is_secret
    used = [*now.channels, Message.WEB_PUSH] if to_devices else list(now.channels)
    is_legal, is_reminder = event in wishes.LEGAL, event in wishes.REMINDERS
    last: list[Any] = [list(now.channels)] * 4 if is_legal else []
    is_chosen = event in wishes.CHOOSABLE
    refused = [event] if is_chosen else []
    after: list[Any] = [list(wording.LANGUAGES), event, *last, used, event, *refused]
    queue = _QUEUE.format(
        last_way=_LAST_WAY if is_legal else "",
        willing=(_WILLING if is_reminder else "") + (_CHOSEN if is_chosen else ""),
    )
    choose = _CHOOSE + (_DEVICES if to_devices else "") + queue
    with transaction.atomic():
        written = statements.run(_INSERT + select_sql + choose, [*before, *params, *after])
        if written:
            compose.wake_after_commit()
    return written
