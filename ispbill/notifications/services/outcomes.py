"""Note what became of an attempt, if it is still this sender's, and what follows from it."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from ispbill.notifications.gateways.base import Accepted, Gateway, Outcome, Rejected, Retry
from ispbill.notifications.models import Message
from ispbill.notifications.rules import retrying
from ispbill.notifications.services import claiming, fallback, push_devices, reports, unprovided

log = logging.getLogger(__name__)

# An account without balance, or with a key that is not accepted, is asked again after so long.
PAUSE = timedelta(minutes=5)


def note(message: Message, outcome: Outcome, gateway: Gateway, *, at: datetime) -> None:
    """Write an outcome down; a message whose report came first is moved on by it."""
    if message.is_push:
        push_devices.tried(message, outcome, at=at)
    if isinstance(outcome, Accepted):
        noted = _accepted(message, outcome, at=at)
    elif isinstance(outcome, Rejected):
        noted = failed(message, outcome.reason, at=at)
    elif isinstance(outcome, Retry) and outcome.is_for_all:
        noted = _paused(message, outcome, at=at)
    elif isinstance(outcome, Retry) or claiming.may_repeat(message, gateway):
        noted = _tried_again(message, outcome, at=at)
    else:
        noted = claiming.mine(message).update(
            state=Message.State.UNKNOWN,
            error=outcome.reason[:300],
            lease_until=None,
            context=claiming.kept_context(message),
        )
        reports.settle(message, at=at)
    if not noted:
        log.warning("message taken over by another sender", extra={"message_id": message.pk})


@transaction.atomic
def failed(message: Message, reason: str, *, at: datetime) -> int:
    """End an attempt for good; an SMS may go in the message's place."""
    noted = claiming.mine(
        message
    ).update(
        state=Message.State.FAILED,
        cost=None,  # nobody has taken it
        error=reason[:300],
        lease_until=None,
        context=claiming.kept_context(message),
    )
    if noted:
        message.state = Message.State.FAILED
        fallback.instead(message, at=at)
    return noted


def _accepted(message: Message, outcome: Accepted, *, at: datetime) -> int:
    # Even if the lease ran out meanwhile and nobody has sent it since: now we know.
    mine = Message.objects.filter(
        Q(state=Message.State.SENDING) | Q(state=Message.State.UNKNOWN),
        pk=message.pk,
        attempts=message.attempts,
    )
    noted = mine.update(
        state=Message.State.SENT,
        sent_at=at,
        provider_ref=outcome.ref[:80],
        error="",
        lease_until=None,
        context=claiming.kept_context(message),
    )
    reports.settle(message, at=at)
    return noted


def _paused(message: Message, outcome: Retry, *, at: datetime) -> int:
    """Nothing is wrong with the message, so this costs it no attempt; its time may run out."""
    if unprovided.is_over(message, at=at):
        return failed(message, outcome.reason, at=at)
    return claiming.mine(message).update(
        state=Message.State.QUEUED,
        attempts=message.attempts - 1,
        provider="",
        cost=None,
        lease_until=None,
        next_attempt_at=at + PAUSE,
        error=outcome.reason[:300],
    )


def _tried_again(message: Message, outcome: Outcome, *, at: datetime) -> int:
    reason = getattr(outcome, "reason", "")
    again = retrying.next_attempt(attempts=message.attempts, at=at)
    if again is None:
        return failed(message, reason, at=at)
    if isinstance(outcome, Retry) and outcome.after is not None:
        again = at + timedelta(seconds=outcome.after)
    return claiming.mine(message).update(
        state=Message.State.QUEUED,
        provider="",
        cost=None,
        lease_until=None,
        next_attempt_at=again,
        error=reason[:300],
    )
