"""Which channels of messages lead nowhere."""

from ispbill.notifications.gateways import chosen
from ispbill.notifications.models import Message, MessageSettings


def missing() -> list[str]:
    """Return the names of channels the company uses and nobody has set a provider up for."""
    lacking = {channel for channel in Message.Channel.values if not chosen.has_provider(channel)}
    if not lacking:
        return []
    used = MessageSettings.current().channels
    return [str(Message.Channel(one).label) for one in used if one in lacking]
