"""A provider that writes to the log: for the first day of an installation."""

import logging

from ispbill.core import phones
from ispbill.notifications.gateways.base import Accepted, Outcome, Outgoing

log = logging.getLogger(__name__)


class ConsoleGateway:
    """Accept everything; the log shows that it came, never the text or the whole number."""

    name = "console"
    dedupes = False

    def send(self, message: Outgoing) -> Outcome:
        recipient = message.recipient
        masked = phones.mask(recipient) if recipient.startswith("+") else recipient[:2] + "…"
        log.info(
            "message",
            extra={"channel": message.channel, "recipient": masked, "parts": message.parts},
        )
        return Accepted(ref=message.id)
