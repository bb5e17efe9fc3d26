"""What staff do to a message: send it again, or stop it before it leaves."""

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.notifications.models import Message
from ispbill.notifications.rules.events import EVENTS
from ispbill.notifications.services import compose


class NotResendable(DomainError):
    """A message that is still under way, was resent a moment ago, or carried a secret."""


class NotCancellable(DomainError):
    """A message that has left, or is leaving, the house."""


@transaction.atomic
def resend(*, message: Message, act: Act[User]) -> Message:
    """Queue a copy of a message, to leave at once; return the copy.

    The copy has the text the first one had. Asked twice within a minute it is made once.
    """
    act = trail.begin_with_reason(act=act)
    message = Message.objects.select_for_update().get(pk=message.pk)
    if EVENTS[message.event].is_secret:
        raise NotResendable(_("A code cannot be sent again. Ask for a new one."))
    if message.is_under_way:
        raise NotResendable(_("This message has not been tried yet; it will leave by itself."))
    copy = Message(
        dedup_key=f"{message.dedup_key.partition('#')[0]}#{act.at:%y%m%d%H%M}",
        event=message.event,
        channel=message.channel,
        recipient=message.recipient,
        customer_id=message.customer_id,
        user_id=message.user_id,
        language=message.language,
        context=message.context,
        subject=message.subject,
        body=message.body,
        is_urgent=True,
        next_attempt_at=act.at,
        created_at=act.at,
    )
    if not compose.insert([copy]):
        raise NotResendable(_("Somebody has just sent this message again."))
    copy = Message.objects.get(dedup_key=copy.dedup_key)
    events.record(
        act=act,
        action="message.resent",
        target=copy,
        label=_label(message),
        customer_id=message.customer_id,
        before={"message": message.pk, "state": message.state},
        after={"message": copy.pk, "state": copy.state},
    )
    compose.wake_after_commit()
    return copy


@transaction.atomic
def cancel(*, message: Message, act: Act[User]) -> Message:
    """Stop a message that still waits. Raises NotCancellable once a sender has it."""
    act = trail.begin_with_reason(act=act)
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.state != Message.State.QUEUED:
        raise NotCancellable(_("This message no longer waits; it cannot be stopped."))
    message.state = Message.State.CANCELLED
    message.error = act.reason[:300]
    if EVENTS[message.event].is_secret:
        message.context = {}
    message.save(update_fields=["state", "error", "context"])
    events.record(
        act=act,
        action="message.cancelled",
        target=message,
        label=_label(message),
        before={"state": "QUEUED"},
        after={"state": message.state},
    )
    return message


def _label(message: Message) -> str:
    """Name a message without its recipient: the trail is read by people who may not see it."""
    return f"{message.event} {message.channel} #{message.pk}"
