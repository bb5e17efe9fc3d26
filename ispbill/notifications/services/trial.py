"""A message to oneself: is the provider reachable, and how does a text look on a phone?"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from ispbill.core.errors import DomainError
from ispbill.notifications.gateways import chosen
from ispbill.notifications.gateways.base import Accepted, Gateway, Notice, Outgoing
from ispbill.notifications.gateways.web_push import WebPush
from ispbill.notifications.models import Message, PushDevice
from ispbill.notifications.rules import push, sms
from ispbill.notifications.rules.wording import Text
from ispbill.notifications.services import push_devices


class NotSent(DomainError):
    """The provider did not take the message; says why."""


@dataclass(frozen=True)
class Trial:
    provider: str
    ref: str
    parts: int


def send(
    *, channel: str, recipient: str, text: Text, at: datetime, gateway: Gateway | None = None
) -> Trial:
    """Send one text at once, past the outbox and its quiet hours. Raises NotSent.

    `gateway`: another provider than the channel's own.
    """
    gateway = gateway or chosen.for_channel(channel)
    if gateway is None:
        raise NotSent(_("No provider is set up for this channel."))
    parts = sms.parts(text.body).parts if channel == "SMS" else 1
    outcome = gateway.send(
        Outgoing(
            id=f"trial-{recipient}-{at.timestamp():.3f}",
            channel=channel,
            recipient=recipient,
            subject=text.subject,
            body=text.body,
            parts=parts,
        )
    )
    if not isinstance(outcome, Accepted):
        raise NotSent(f"{gateway.name}: {outcome.reason}")
    return Trial(provider=gateway.name, ref=outcome.ref, parts=parts)


def notify(*, device: PushDevice, title: str, body: str, at: datetime) -> None:
    """Send one notification to a device at once. Raises NotSent."""
    fact = f"trial:{device.pk}"
    message = Outgoing(
        id=f"{fact}:{at.timestamp():.3f}",
        channel=Message.WEB_PUSH,
        recipient=device.address,
        subject=title,
        body=body,
        parts=1,
        notice=Notice(
            path=PushDevice.App(device.app).label,
            manner=push.manner("alarm", fact=fact, is_urgent=True),
        ),
    )
    outcome = WebPush().send(message)
    push_devices.tried(Message(recipient=device.address), outcome, at=at)
    if not isinstance(outcome, Accepted):
        raise NotSent(_("The push service did not take it: %(why)s") % {"why": outcome.reason})
