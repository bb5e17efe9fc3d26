"""Ask a provider what became of messages it has not told of: a call to us may have been lost.

Once for each message, when nothing more can happen to it by itself. What it answers is taken as
if it had been told (`services.reports`). No transaction is open while a provider is asked.
"""

from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from ispbill.core import crypto
from ispbill.notifications.gateways import chosen
from ispbill.notifications.gateways.base import Account, NotTaken
from ispbill.notifications.gateways.heard import Report
from ispbill.notifications.models import Message, MessageProvider
from ispbill.notifications.services import reports
from ispbill.notifications.services.names import client_id

AFTER = timedelta(hours=6)  # Twilio gives a message up within four hours (its ValidityPeriod)
UNTIL = timedelta(days=3)
BATCH = 20


@runtime_checkable
class Asked(Protocol):
    """An adapter whose provider can be asked about one message."""

    def asked(self, ref: str, our_id: str, at: datetime) -> Report | None: ...


def ask(*, at: datetime) -> int:
    """Ask about some messages of each account that is switched on; return how many moved."""
    moved = 0
    for account in MessageProvider.objects.filter(is_enabled=True):
        try:
            gateway = chosen.of_account(account)
        except crypto.Unreadable:
            continue
        if isinstance(gateway, Asked):
            moved += _ask(gateway, at=at)
    return moved


def _ask(gateway: Account, *, at: datetime) -> int:
    untold = Message.objects.filter(
        provider=gateway.name,
        state=Message.State.SENT,
        asked_at=None,
        sent_at__gte=at - UNTIL,
        sent_at__lte=at - AFTER,
    )
    moved = 0
    for message in untold.order_by("sent_at")[:BATCH]:
        try:
            told = gateway.asked(message.provider_ref, client_id(message), at)  # type: ignore[attr-defined]
        except NotTaken:  # the next sweep asks again
            return moved
        Message.objects.filter(pk=message.pk).update(asked_at=at)
        if told is not None:
            moved += reports.take(gateway.name, [told], at=at)
    return moved
