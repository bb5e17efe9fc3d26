"""Messages as `compose.enqueue` writes them."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from ispbill.notifications.models import Message

BORN = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


class MessageFactory(DjangoModelFactory):
    class Meta:
        model = Message

    dedup_key = factory.Sequence(lambda n: f"payment_received:RCP-2026-{n:05d}:SMS")
    event = "payment_received"
    channel = "SMS"
    recipient = factory.Sequence(lambda n: f"+88017{n:08d}")
    context = factory.LazyFunction(
        lambda: {"name": "Amina", "amount": "1150.00", "receipt": "RCP-1", "balance": "0.00"}
    )
    is_urgent = True
    next_attempt_at = BORN
    created_at = BORN
