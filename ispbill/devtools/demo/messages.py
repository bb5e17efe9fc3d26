"""Messages of the past: written out and marked delivered, so that none of them is sent today."""

from collections.abc import Sequence

from django.db import connection

from ispbill.notifications.models import Message
from ispbill.notifications.queries import texts, wordings
from ispbill.notifications.rules import sms, wording

PAGE = 2_000

_WRITE = """
    UPDATE notifications_message m
    SET subject = v.subject, body = v.body, parts = v.parts, attempts = 1, provider = 'sandbox',
        provider_ref = 'past-' || m.id, state = 'DELIVERED',
        sent_at = m.created_at + interval '4 seconds',
        delivered_at = m.created_at + interval '9 seconds'
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::int[]) AS v (id, subject, body, parts)
    WHERE m.id = v.id
"""


def deliver_what_is_past(**which: str) -> int:
    """Give every queued message its text and its delivery seconds after it was queued.

    Only for a history that has just been written: nothing is handed to a provider. A message
    whose wording is turned off is cancelled. `which`: only those of these values. Returns how many
    there were.
    """
    queued = Message.objects.filter(state=Message.State.QUEUED, **which)
    count = 0
    while rows := list(queued.order_by("pk")[:PAGE]):
        _deliver(rows)
        count += len(rows)
    return count


def _deliver(rows: Sequence[Message]) -> None:
    in_force = wordings.in_force((row.event, row.channel, row.language) for row in rows)
    written, off = [], []
    for row in rows:
        text = in_force[row.event, row.channel, wording.language_for(row.language)]
        if text is None:
            off.append(row.pk)
            continue
        _final, kept = texts.written(row, text)
        parts = sms.parts(kept.body).parts if row.channel == Message.Channel.SMS else 1
        written.append((row.pk, kept.subject, kept.body, parts))
    Message.objects.filter(pk__in=off).update(
        state=Message.State.CANCELLED, error="The wording for this event is turned off."
    )
    if written:
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [list(column) for column in zip(*written, strict=True)])
