"""What the three gateways share: memory, faults, callbacks, and where customers are sent."""

import random
import string
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from email.message import Message
from pathlib import Path
from typing import Any, Protocol

from ispbill.devtools.sandbox.gateways.addresses import gateways
from ispbill.devtools.sandbox.gateways.callbacks import Callbacks
from ispbill.devtools.sandbox.gateways.faults import Faults
from ispbill.devtools.sandbox.gateways.store import Session, Store

DHAKA = timezone(timedelta(hours=6))
"""The gateways' own time zone; Bangladesh keeps no summer time."""
_RANDOM = random.SystemRandom()


@dataclass
class Switches:
    """What does not strike once but holds until it is changed."""

    limits_grants: bool = False
    """bKash: a third grant within an hour is refused, and so is all for an hour."""
    says_2079: bool = False
    """bKash: a token that is not taken is told by a code in the answer, not by 401."""
    token_seconds: int = 3600
    """bKash: how long an id_token is good."""
    refund_seconds: int = 10
    """SSLCommerz: how long a refund stays "processing"."""
    clock_window_seconds: int = 300
    """Nagad: how far the merchant's clock may be off."""


@dataclass(frozen=True)
class Asked:
    """One call of a merchant."""

    path: str
    query: dict[str, str]
    form: dict[str, str]
    json: dict[str, Any] | None
    headers: Message


@dataclass(frozen=True)
class Button:
    """One thing a customer (or fate) may do on the hosted page."""

    name: str
    label: str
    is_payment: bool = False


@dataclass(frozen=True)
class Leaving:
    """Where the customer's browser goes after a button: by POST with fields, by GET, or nowhere."""

    method: str = ""
    url: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Refused(Exception):
    """A button that does not work in this state."""


class Gateway(Protocol):
    """One simulated gateway."""

    name: str

    def operation(self, method: str, path: str) -> str:
        """Return the name of what is asked for, "" when there is no such address."""
        ...

    def act(self, operation: str, asked: Asked) -> tuple[int, Any]:
        """Do it; return the HTTP status and the answer (JSON)."""
        ...

    def inactive(self) -> tuple[int, Any]:
        """Return the answer of a gateway whose merchant is switched off."""
        ...

    def buttons(self, session: Session) -> list[Button]:
        """Return what may be pressed now."""
        ...

    def press(self, session: Session, button: str, told: Mapping[str, Any]) -> Leaving:
        """Do what the button says; raises Refused."""
        ...


class World:
    """Everything of one sandbox directory. `page_base` is where hosted pages are, "" for our own:
    the session's key and a slash are put behind it."""

    def __init__(self, directory: Path, page_base: str = "") -> None:
        self.addresses = gateways(directory)
        self.store = Store(directory)
        self.faults = Faults()
        self.switches = Switches()
        self.stopping = threading.Event()
        self.callbacks = Callbacks(self.store, self.stopping)
        self.page_base = page_base

    def page(self, gateway: str, key: str) -> str:
        """Return the address of a session's hosted page."""
        if self.page_base:
            return f"{self.page_base}{key}/"
        place = self.addresses[gateway]
        return f"http://{place['host']}:{place['port']}/page/{key}/"

    def close(self) -> None:
        self.stopping.set()
        self.callbacks.close()
        self.store.close()


def token(length: int, letters: str = string.ascii_uppercase + string.digits) -> str:
    """Return a random name in a gateway's alphabet."""
    return "".join(_RANDOM.choice(letters) for _ in range(length))


def dhaka_now() -> datetime:
    """Return this moment on a clock in Dhaka."""
    return datetime.now(UTC).astimezone(DHAKA)
