"""An SMS in place of a WhatsApp message or an e-mail that does not arrive: at most one, linked.

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

FROM = (Message.Channel.WHATSAPP, Message.Channel.EMAIL)
TO = Message.Channel.SMS


def instead(message: Message, *, at: datetime, context: dict[str, Any] | None = None) -> int:
    """Queue an SMS for another message that has failed; return how many are new (0 or 1).

    `context`: the values the text is made of, where the row has lost them.
    """
    if message.channel not in FROM or message.state != Message.State.FAILED:
        return 0
    values = message.context if context is None else context
    chosen = choices.read(message.event)
    phone = _phone_of(message)
    if (
        not phone
        or not chosen.falls_back
        or TO not in chosen.channels
        or (TO, wording.language_for(message.language)) in chosen.turned_off
        or (EVENTS[message.event].is_secret and not values)
    ):
        return 0
    now = compose.terms_of(chosen, event=message.event, at=at, is_urgent=message.is_urgent)
    fact = message.dedup_key.partition("#")[0].removesuffix(f":{message.channel}")
    copy = Message(
        dedup_key=f"{fact}:{TO}",
        event=message.event,
        channel=TO,
        recipient=phone,
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


def _phone_of(message: Message) -> str:
    """Return where an SMS would go, "" for nowhere; the customers' app lies above this one."""
    is_mail = message.channel == Message.Channel.EMAIL
    if message.customer_id is None:
        return "" if is_mail else message.recipient
    customers = apps.get_model("customers", "Customer")._default_manager
    rows = customers.filter(pk=message.customer_id, wants_sms=True)
    phone = rows.values_list("phone", flat=True).first()
    return "" if phone is None else str(phone) if is_mail else message.recipient
