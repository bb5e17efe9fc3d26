"""Send what is in the outbox. No transaction is open while a provider is called.

For each message: claim (commit), write the text and note the hand-over (commit), call the
provider, note the outcome (commit). A sender may die between any two of them: see `recover`.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from ispbill.core import clock, jobs, live, statements
from ispbill.notifications.gateways import chosen
from ispbill.notifications.gateways.base import Accepted, Gateway, Outcome, Outgoing, Retry, Unknown
from ispbill.notifications.models import Message
from ispbill.notifications.queries import prices, texts, wordings
from ispbill.notifications.rules import offers, retrying, sms, wording
from ispbill.notifications.rules import prices as price_list
from ispbill.notifications.rules.events import EVENTS
from ispbill.notifications.rules.prices import Price
from ispbill.notifications.rules.wording import Text
from ispbill.notifications.services import bounces, budget, claiming, outcomes, unprovided
from ispbill.notifications.services.claiming import recover
from ispbill.notifications.services.names import client_id

__all__ = ["drain", "recover", "send_batch"]

log = logging.getLogger(__name__)

_LONGEST_WAIT = timedelta(days=7)  # of a message before it leaves; keeps the look-up short
_GIVEN = (Message.State.SENDING, Message.State.SENT, Message.State.DELIVERED)
BREAKER = 3  # so many failures in a row and the provider is left alone for a while


@dataclass(frozen=True)
class _Round:
    """What one batch is sent with."""

    gateway: Gateway
    prices: list[Price]
    now: Callable[[], datetime]


@dataclass
class Sent:
    """What a round did."""

    accepted: int = 0
    other: int = 0

    @property
    def handled(self) -> int:
        return self.accepted + self.other


def drain(*, now: Callable[[], datetime], seconds: float) -> Sent:
    """Send what is due on every channel until nothing is, or time is up (then queue it again)."""
    give_up = time.monotonic() + seconds
    total = Sent()
    resting: set[str] = set()
    while time.monotonic() < give_up:
        handled = 0
        for channel in (*wording.CHANNELS, Message.WEB_PUSH):
            if channel in resting:
                continue
            sent, is_down = send_batch(channel, now=now)
            total.accepted += sent.accepted
            total.other += sent.other
            handled += sent.handled
            if sent.handled:
                live.changed("message")
            if is_down:
                resting.add(channel)
        if not handled:
            return total
    jobs.enqueue("notifications.send_messages")
    return total


def send_batch(
    channel: str, *, now: Callable[[], datetime], limit: int = claiming.BATCH
) -> tuple[Sent, bool]:
    """Claim and send one batch; tell also whether the provider seems to be down."""
    gateway = chosen.for_channel(channel)
    if gateway is None:
        return Sent(other=unprovided.put_off(channel, at=now())), False
    batch = claiming.claim(channel, at=now(), limit=limit)
    if not batch.messages:
        return Sent(), False
    is_free = channel == Message.WEB_PUSH
    messages = batch.messages if is_free else budget.held_back(batch.messages, at=now())
    in_force = wordings.in_force((row.event, row.wording_channel, row.language) for row in messages)
    by = _Round(gateway, prices.known(), now)
    start = time.monotonic() + batch.slots.wait
    sent, failures, rest = Sent(), 0, retrying.STEPS[0]
    for index, message in enumerate(messages):
        if failures >= BREAKER:
            claiming.release(messages[index:], at=now() + rest)
            return sent, True
        time.sleep(max(0.0, start + index * batch.slots.gap - time.monotonic()))
        language = wording.language_for(message.language)
        text = in_force[message.event, message.wording_channel, language]
        outcome = _send_one(message, text, by)
        failures = failures + 1 if isinstance(outcome, Retry | Unknown) else 0
        if isinstance(outcome, Retry) and outcome.is_for_all:  # the others would hear the same
            failures, rest = BREAKER, outcomes.PAUSE
        if isinstance(outcome, Accepted):
            sent.accepted += 1
        else:
            sent.other += 1
    return sent, failures >= BREAKER


def _send_one(message: Message, text: Text | None, by: _Round) -> Outcome | None:
    """Hand one claimed message over and note what came of it; None when it was not sent."""
    at = by.now()
    if message.error == unprovided.REASON and unprovided.is_over(message, at=at):
        outcomes.failed(message, message.error, at=at)
        return None
    if message.channel == wording.EMAIL and (dead := bounces.reason_of(message.recipient)):
        outcomes.failed(message, dead, at=at)
        return None
    reason = _why_not(message, text, at=at)
    if reason:
        claiming.mine(message).update(
            state=Message.State.CANCELLED,
            lease_until=None,
            error=reason,
            context=claiming.kept_context(message),
        )
        return None
    outgoing, kept = _written(message, text or Text(body=""))
    if not _handed_over(message, outgoing, kept, by, at=at):
        log.warning("message taken over by another sender", extra={"message_id": message.pk})
        return None
    try:
        outcome = by.gateway.send(outgoing)
    except Exception as error:  # a provider's bug must not stop the others' messages
        log.exception("gateway failed", extra={"gateway": by.gateway.name})
        outcome = Unknown(type(error).__name__)
    outcomes.note(message, outcome, by.gateway, at=by.now())
    return outcome


@transaction.atomic
def _handed_over(
    message: Message, outgoing: Outgoing, kept: Text, by: _Round, *, at: datetime
) -> bool:
    """Note that a message is now given to its provider; False when it must not be."""
    if message.event in offers.COUNTED and _had_enough(message, at=at):
        claiming.mine(message).update(
            state=Message.State.CANCELLED,
            lease_until=None,
            error=f"This number has had {offers.MOST_A_DAY} such messages today.",
        )
        return False
    price = price_list.of_part(
        by.prices,
        channel=message.channel,
        provider=by.gateway.name,
        recipient=message.recipient,
        on=clock.local_date(at),
    )
    return bool(
        claiming.mine(message).update(
            provider=by.gateway.name,
            cost=None if price is None else price * outgoing.parts,
            subject=kept.subject,
            body=kept.body,
            parts=outgoing.parts,
            lease_until=at + claiming.LEASE,
        )
    )


def _had_enough(message: Message, *, at: datetime) -> bool:
    """Tell whether a number has got a day's share of what nobody asked for.

    The number is locked until the hand-over is noted: two senders must not both find room.
    """
    statements.run("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [message.recipient])
    midnight = clock.midnight(clock.local_date(at))
    given = Message.objects.filter(
        Q(sent_at__gte=midnight) | Q(sent_at=None, lease_until__gte=midnight),
        recipient=message.recipient,
        event__in=offers.COUNTED,
        created_at__gte=midnight - _LONGEST_WAIT,
        state__in=_GIVEN,
    ).exclude(Q(provider="") | Q(pk=message.pk))
    return given.count() >= offers.MOST_A_DAY


def _why_not(message: Message, text: Text | None, *, at: datetime) -> str:
    useful_for = EVENTS[message.event].useful_for
    if useful_for is not None and at - message.created_at > useful_for:
        return "Too late to be of use."
    if text is None and not message.body:
        return "The wording for this event is turned off."
    allowed = settings.MESSAGE_ALLOWED_NUMBERS
    if allowed and message.recipient not in allowed:
        return "The recipient is not on the allow-list (MESSAGE_ALLOWED_NUMBERS)."
    return ""


def _written(message: Message, text: Text) -> tuple[Outgoing, Text]:
    """Return the message as it is sent, and its text as it is kept (without the secret)."""
    final, kept = texts.written(message, text)
    is_sms = message.channel == Message.Channel.SMS
    thread = message.context.get("thread") or {} if message.channel == wording.EMAIL else {}
    outgoing = Outgoing(
        id=client_id(message),
        channel=message.channel,
        recipient=message.recipient,
        subject=final.subject,
        body=final.body,
        parts=sms.parts(final.body).parts if is_sms else 1,
        language=message.language,
        reply_to=thread.get("reply_to", ""),
        answers=thread.get("answers", ""),
        notice=texts.notice(message) if message.is_push else None,
    )
    return outgoing, kept
