"""What a provider of messages looks like from here."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from ispbill.notifications.rules.push import Manner


@dataclass(frozen=True)
class Notice:
    """What a notification needs beside its text."""

    path: str
    """Where tapping it leads, on our own site."""
    manner: Manner


@dataclass(frozen=True)
class Outgoing:
    """A finished message. `id` stays the same over all attempts, for providers that dedupe."""

    id: str
    channel: str
    recipient: str
    """E.164, an e-mail address, or a device (`PushDevice.address`)."""
    subject: str
    body: str
    parts: int
    language: str = "en"
    reply_to: str = ""
    """Of an e-mail: where answers go; "" for the sender's own address."""
    answers: str = ""
    """Of an e-mail: the Message-ID it answers, without brackets."""
    notice: Notice | None = None


@dataclass(frozen=True)
class Accepted:
    """The provider has it; `ref` is its own number for it."""

    ref: str


@dataclass(frozen=True)
class Rejected:
    """The provider will never take it (no such number, blocked text)."""

    reason: str
    is_gone: bool = False
    """The recipient itself is no more: a device that switched notifications off."""


@dataclass(frozen=True)
class Retry:
    """The provider certainly has not taken it, and may later (unreachable, busy, over quota)."""

    reason: str
    after: int | None = None
    """Seconds the provider asks to wait (its Retry-After); None: as we see fit."""
    is_for_all: bool = False
    """No message of this account would be taken now: no balance, a key that is not accepted."""


@dataclass(frozen=True)
class Unknown:
    """Nobody knows whether the provider took it: the line was cut after the message had left."""

    reason: str


Outcome = Accepted | Rejected | Retry | Unknown


class Gateway(Protocol):
    """One provider. `send` never raises for what the network or the provider does."""

    @property
    def name(self) -> str:
        """At most 20 characters; kept with each message."""
        ...

    @property
    def dedupes(self) -> bool:
        """Whether the provider takes the same `Outgoing.id` twice and delivers it once."""
        ...

    def send(self, message: Outgoing) -> Outcome: ...


class Account(Gateway, Protocol):
    """A provider we have an account with: it can be tried without a message."""

    def tried(self) -> "Balance":
        """Ask for what the account holds. Raises NotTaken with why the account does not work."""
        ...


@dataclass(frozen=True)
class Balance:
    """What is left on an account; both empty where the provider does not tell."""

    amount: Decimal | None = None
    currency: str = ""


class NotTaken(Exception):
    """The provider does not let us in, or does not answer; says why, in English."""
