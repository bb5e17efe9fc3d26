"""What providers tell by themselves: of messages delivered or not, and of people's answers.

Nothing here depends on the order in which it comes, nor on how often: each thing told is kept
once, and a message only moves forward. *Failed* ends a message that was sent, not one that was
delivered; nothing leaves *failed*. A message whose outcome nobody knew is settled by it.

A report may overtake the sender that is still waiting for the provider's answer. Whoever comes
second applies it: both lock the message first.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from ispbill.core import live, phones
from ispbill.notifications import signals
from ispbill.notifications.gateways.heard import Heard, Reply, Report
from ispbill.notifications.models import DeliveryReport, Message
from ispbill.notifications.rules import replies
from ispbill.notifications.services import fallback
from ispbill.notifications.services.names import client_id, number_in

KEPT, BATCH = timedelta(days=90), 1000
_MOVES_FROM = {
    "SENT": {Message.State.UNKNOWN},
    "DELIVERED": {Message.State.SENT, Message.State.UNKNOWN},
    "READ": {Message.State.SENT, Message.State.UNKNOWN, Message.State.DELIVERED},
    "FAILED": {Message.State.SENT, Message.State.UNKNOWN},
}


def take(provider: str, heard: Sequence[Heard], *, at: datetime) -> int:
    """Keep what a provider told and act on it; return how many messages changed."""
    changed = 0
    for one in heard:
        if isinstance(one, Reply):
            _answered(one, at=at)
        else:
            changed += _reported(provider, one, at=at)
    if changed:
        live.changed("message")
    return changed


def settle(message: Message, *, at: datetime) -> None:
    """Apply what was told of a message before its sender had noted what became of it."""
    early = DeliveryReport.objects.filter(our_id=client_id(message), message_id=None)
    for row in early.order_by("happened_at", "pk"):
        with transaction.atomic():
            locked = Message.objects.select_for_update().get(pk=message.pk)
            _apply(locked, row, at=at)


def forget(*, at: datetime) -> int:
    """Remove some of the reports nobody asks about any more; return how many there were."""
    oldest = DeliveryReport.objects.order_by("pk").values("pk")[:BATCH]
    return DeliveryReport.objects.filter(pk__in=oldest, heard_at__lt=at - KEPT).delete()[0]


@transaction.atomic
def _reported(provider: str, told: Report, *, at: datetime) -> int:
    message = _locked(told.our_id, provider)
    row, is_new = DeliveryReport.objects.get_or_create(
        provider=provider,
        ref=told.ref[:80],
        status=told.status,
        defaults={
            "our_id": told.our_id[:60],
            "reason": told.reason[:300],
            "happened_at": told.at,
            "heard_at": at,
        },
    )
    if message is None or (not is_new and row.message_id is not None):
        return 0
    return int(_apply(message, row, at=at))


def _apply(message: Message, row: DeliveryReport, *, at: datetime) -> bool:
    """Move a locked message by one report; one that is still being sent waits for its sender."""
    if message.state == Message.State.SENDING:
        return False
    row.message_id = message.pk
    row.save(update_fields=["message_id"])
    if message.provider_ref and message.provider_ref != row.ref:
        return False  # of an earlier attempt, or of somebody else's message
    if message.state not in _MOVES_FROM[row.status]:
        return False
    message.provider_ref = row.ref
    message.sent_at = message.sent_at or row.happened_at
    message.error = ""
    if row.status == "FAILED":
        message.state, message.error = Message.State.FAILED, row.reason
    elif row.status == "SENT":
        message.state = Message.State.SENT
    else:
        message.state = Message.State.DELIVERED
        message.delivered_at = message.delivered_at or row.happened_at
        message.read_at = row.happened_at if row.status == "READ" else message.read_at
    message.save(
        update_fields=["state", "error", "provider_ref", "sent_at", "delivered_at", "read_at"]
    )
    if row.status == "FAILED":
        fallback.instead(message, at=at)
    return True


def _locked(our_id: str, provider: str) -> Message | None:
    """Return the message a provider names by our own name for it, if it went through them."""
    pk = number_in(our_id)
    if pk is None:
        return None
    message = Message.objects.select_for_update().filter(pk=pk, provider=provider).first()
    return message if message is not None and client_id(message) == our_id else None


def _answered(reply: Reply, *, at: datetime) -> None:
    if not replies.is_stop(reply.text):
        return
    try:
        phone = phones.normalise(reply.sender)
    except phones.PhoneRefused:
        return
    with transaction.atomic():
        signals.offers_stopped.send(sender=None, phone=phone, at=at)
