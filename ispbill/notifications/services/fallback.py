"""An SMS in place of a WhatsApp message that cannot be delivered: at most one, and linked.

The SMS has the key the message would have had as an SMS from the beginning, so whoever has got
one, or is about to, gets no second one. It goes only where the failure is certain: a message whose
outcome nobody knows may have been read.
"""

from datetime import datetime
from typing import Any

from django.apps import apps

from ispbill.notifications.models import Message
from ispbill.notifications.queries import choices
from ispbill.notifications.rules import wording
from ispbill.notifications.rules.events import EVENTS
from ispbill.notifications.services import compose

FROM, TO = Message.Channel.WHATSAPP, Message.Channel.SMS


def instead(message: Message, *, at: datetime, context: dict[str, Any] | None = None) -> int:
    """Queue an SMS for a WhatsApp message that has failed; return how many are new (0 or 1).

    `context`: the values the text is made of, where the row has lost them.
    """
    if message.channel != FROM or message.state != Message.State.FAILED:
        return 0
    values = message.context if context is None else context
    chosen = choices.read(message.event)
    if (
        not chosen.falls_back
        or TO not in chosen.channels
        or (TO, wording.language_for(message.language)) in chosen.turned_off
        or (EVENTS[message.event].is_secret and not values)
        or not _takes_sms(message.customer_id)
    ):
        return 0
    now = compose.terms_of(chosen, event=message.event, at=at, is_urgent=message.is_urgent)
    fact = message.dedup_key.partition("#")[0].removesuffix(f":{FROM}")
    copy = Message(
        dedup_key=f"{fact}:{TO}",
        event=message.event,
        channel=TO,
        recipient=message.recipient,
        customer_id=message.customer_id,
        user_id=message.user_id,
        language=message.language,
        context=values,
        is_urgent=message.is_urgent,
        next_attempt_at=now.first_chance(TO),
        created_at=at,
        instead_of_id=message.pk,
    )
    written = compose.insert([copy])
    if written:
        compose.wake_after_commit()
    return written


def _takes_sms(customer_id: int | None) -> bool:
    """Tell whether the customer wants SMS at all; their app lies above this one."""
    if customer_id is None:
        return True
    customers = apps.get_model("customers", "Customer")._default_manager
    return customers.filter(pk=customer_id, wants_sms=True).exists()
