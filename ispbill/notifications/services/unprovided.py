"""Messages of a channel nobody has set a provider up for: not sent, and said to be so.

They wait as long as their kind is timely (`Event.waits_for`), with the reason beside them. The
sweep looks at them every quarter of an hour: once there is a provider they leave by themselves;
what has waited too long has failed, and staff may send it again by hand. Codes and links fail at
once. Nothing is ever counted as sent.
"""

from datetime import datetime, timedelta

from django.db import transaction

from ispbill.notifications.models import Message
from ispbill.notifications.rules.events import EVENTS
from ispbill.notifications.services import claiming

# Marked nowhere: errors of messages are kept in English, as those of providers are.
REASON = "Not sent: no provider is set up."
AGAIN = timedelta(minutes=15)
BATCH = 1000


def put_off(channel: str, *, at: datetime) -> int:
    """Let due messages of a channel without a provider wait or fail; return how many there were."""
    with transaction.atomic():
        due = list(
            Message.objects.select_for_update(skip_locked=True)
            .filter(state=Message.State.QUEUED, channel=channel, next_attempt_at__lte=at)
            .order_by("next_attempt_at", "pk")[:BATCH]
        )
        for message in due:
            message.error = REASON
            if is_over(message, at=at):
                message.state = Message.State.FAILED
                message.context = claiming.kept_context(message)
            else:
                message.next_attempt_at = at + AGAIN
        Message.objects.bulk_update(due, ["state", "error", "context", "next_attempt_at"])
    return len(due)


def is_over(message: Message, *, at: datetime) -> bool:
    """Tell whether a message that waited for a provider is not timely any more."""
    event = EVENTS[message.event]
    return event.is_secret or at - message.created_at > event.waits_for
