"""A message to oneself: is the provider reachable, and how does a text look on a phone?"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from ispbill.core.errors import DomainError
from ispbill.notifications.gateways import chosen
from ispbill.notifications.gateways.base import Accepted, Gateway, Outgoing
from ispbill.notifications.rules import sms
from ispbill.notifications.rules.wording import Text


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
