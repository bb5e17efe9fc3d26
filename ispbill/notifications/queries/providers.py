"""Which channels of messages lead nowhere, and our accounts with providers."""

from collections.abc import Sequence
from dataclasses import dataclass

from ispbill.notifications.gateways import chosen, registry
from ispbill.notifications.models import Message, MessageProvider, MessageSettings


@dataclass(frozen=True)
class Line:
    """One provider we can speak to; `account` is None until somebody has set it up."""

    kind: str
    name: str
    channel: str
    account: MessageProvider | None
    hook: str
    """The address it calls with what became of a message; empty where it never calls."""


def missing() -> list[str]:
    """Return the names of channels the company uses and nobody has set a provider up for."""
    lacking = chosen.unprovided(set(Message.Channel.values))
    if not lacking:
        return []
    used = MessageSettings.current().channels
    return [str(Message.Channel(one).label) for one in used if one in lacking]


def listed() -> Sequence[Line]:
    """Return every provider there is an adapter for, with our account."""
    accounts = {account.kind: account for account in MessageProvider.objects.all()}
    return [
        Line(
            kind=kind,
            name=str(MessageProvider.Kind(kind).label),
            channel=str(Message.Channel(maker.channel).label),
            account=accounts.get(kind),
            hook=registry.hook(kind) if maker.tells else "",
        )
        for kind, maker in registry.MAKERS.items()
    ]
