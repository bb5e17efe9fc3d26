"""Take messages out of the queue for one sender: lease, attempt number, and the way back.

A claimed row carries a lease and a new attempt number. Whatever is done with it later asks for
that number again, so that a sender which was thought dead cannot finish another one's work.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from ispbill.core import clock, statements
from ispbill.notifications.gateways import chosen
from ispbill.notifications.gateways.base import Gateway
from ispbill.notifications.models import Message, MessageSettings
from ispbill.notifications.rules import quiet, retrying, wording
from ispbill.notifications.rules.events import EVENTS
from ispbill.notifications.services import fallback, pace, reports

LEASE = timedelta(minutes=3)
BATCH = 50

# Materialized: as a plain subquery the plan may ask it once for each message, and claim them all.
_CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM notifications_message
    WHERE state = 'QUEUED' AND channel = %s AND is_urgent = %s AND next_attempt_at <= %s
    ORDER BY next_attempt_at, id
    LIMIT %s
    FOR UPDATE SKIP LOCKED)
UPDATE notifications_message
SET state = 'SENDING', attempts = attempts + 1, lease_until = %s, provider = ''
WHERE id IN (SELECT id FROM due)
RETURNING id
"""


@dataclass(frozen=True)
class Batch:
    messages: list[Message]
    slots: pace.Slots


def claim(channel: str, *, at: datetime, limit: int = BATCH) -> Batch:
    """Take due messages of a channel, urgent ones first; commits at once."""
    with transaction.atomic():
        slots = pace.offered(channel, limit=limit)
        ids: list[int] = []
        for is_urgent in (True, False):
            if len(ids) < slots.count and (is_urgent or not _is_quiet(channel, at=at)):
                ids += _claimed(channel, is_urgent, at=at, limit=slots.count - len(ids))
        pace.book(channel, slots, taken=len(ids))
        rows = Message.objects.filter(pk__in=ids).order_by("-is_urgent", "next_attempt_at", "pk")
        return Batch(messages=list(rows), slots=slots)


def release(messages: list[Message], *, at: datetime) -> None:
    """Put claimed messages that were not handed over back into the queue, for `at`."""
    for message in messages:
        mine(message).filter(provider="").update(
            state=Message.State.QUEUED, lease_until=None, next_attempt_at=at
        )


def recover(*, at: datetime) -> int:
    """Decide about messages whose sender is gone; return how many there were.

    One that was never handed over goes back into the queue. One that was is sent again only when
    its provider dedupes and it is not of the kind that is never repeated; else it is unknown.
    """
    with transaction.atomic():
        stale = list(
            Message.objects.select_for_update(skip_locked=True)
            .filter(state=Message.State.SENDING, lease_until__lt=at)
            .order_by("pk")[:1000]
        )
        for message in stale:
            message.lease_until = None
            if message.attempts >= retrying.MOST_ATTEMPTS:
                message.state, message.context = Message.State.FAILED, kept_context(message)
                message.error = "Its senders stopped too often."
            elif not message.provider or _would_be_once(message):
                message.state = Message.State.QUEUED
                message.provider, message.cost = "", None
                message.next_attempt_at = at
            else:
                message.state = Message.State.UNKNOWN
                message.error = "The sender stopped before the provider had answered."
                message.context = kept_context(message)
        Message.objects.bulk_update(
            stale,
            ["state", "provider", "cost", "error", "lease_until", "next_attempt_at", "context"],
        )
        for message in stale:
            if message.state == Message.State.FAILED:
                fallback.instead(message, at=at)
            elif message.state == Message.State.UNKNOWN:
                reports.settle(message, at=at)
    return len(stale)


def _would_be_once(message: Message) -> bool:
    """Tell whether the provider that has it dedupes, and is still the one it would go to."""
    gateway = chosen.for_channel(message.channel)
    is_same = gateway is not None and gateway.name == message.provider
    return is_same and may_repeat(message, gateway)


def may_repeat(message: Message, gateway: Gateway | None) -> bool:
    """Tell whether sending again is harmless although it may have been taken already."""
    return gateway is not None and gateway.dedupes and not EVENTS[message.event].is_never_repeated


def kept_context(message: Message) -> dict[str, object]:
    """What stays of the values once nothing will be sent any more: of secrets, nothing."""
    return {} if EVENTS[message.event].is_secret else message.context


def mine(message: Message) -> QuerySet[Message]:
    """Return the row as a queryset, empty once somebody else has taken it over."""
    return Message.objects.filter(
        pk=message.pk, state=Message.State.SENDING, attempts=message.attempts
    )


def _claimed(channel: str, is_urgent: bool, *, at: datetime, limit: int) -> list[int]:
    return [row[0] for row in statements.read(_CLAIM, [channel, is_urgent, at, limit, at + LEASE])]


def _is_quiet(channel: str, *, at: datetime) -> bool:
    if channel == wording.EMAIL:
        return False
    settings = MessageSettings.current()
    return quiet.is_quiet(
        at,
        zone=clock.zone(),
        from_hour=settings.quiet_from_hour,
        until_hour=settings.quiet_until_hour,
    )
