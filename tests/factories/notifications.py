"""Messages as `compose.enqueue` writes them."""

import json
from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory

from ispbill.core import crypto
from ispbill.notifications.models import Message, MessageProvider
from ispbill.notifications.services import provider_accounts

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


def provider_account(*, base_url="https://provider.invalid", kind="TWILIO", at=BORN, **credentials):
    """An account with a provider, switched off, with made-up credentials; nobody listens there."""
    wanted = [field.name for field in provider_accounts.credentials_wanted(kind)]
    account = MessageProvider(
        kind=kind,
        channel="WHATSAPP" if kind == "WHATSAPP" else "SMS",
        base_url=base_url,
        created_at=at,
    )
    account.sealed_credentials = crypto.seal(
        json.dumps(dict.fromkeys(wanted, "x") | credentials),
        context=provider_accounts.secret_place(account),
    )
    account.save()
    return account
