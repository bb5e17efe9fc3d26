"""What the rest of the program may ask of a payment gateway, whatever its make.

Amounts are `Decimal` in the currency of the order; an adapter alone knows how its gateway writes
them. Moments are aware datetimes. No adapter touches the database or decides what is credited.

The life of an order: `start` → the customer pays at the gateway → the browser comes back and/or a
notice arrives (`read`: hints, believed by nobody) → `confirm` asks the gateway itself. Only what
`confirm` or `query` returns may move money.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

Hear = Callable[[str, int, bytes], None]
"""Told of every answer: what was asked, the HTTP status, the body. It raises nothing."""


def unheard(operation: str, status: int, raw: bytes) -> None:
    """Listen to nobody."""


class Verdict(StrEnum):
    """What a gateway says became of an order."""

    PAID = "PAID"
    PENDING = "PENDING"  # not yet; ask again later
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    UNKNOWN = "UNKNOWN"  # it knows no such order, or speaks of another one: not an end


@dataclass(frozen=True)
class Order:
    """What is asked of a customer. `order` is ours, random, at most `Gateway.order_length` long."""

    order: str
    amount: Decimal
    currency: str
    description: str
    return_url: str  # absolute; adapters add `success/`, `fail/`, `cancel/` to it
    notice_url: str  # absolute, for notifications
    expires_at: datetime
    customer_number: str
    customer_name: str
    customer_phone: str  # E.164
    customer_email: str  # may be empty
    customer_address: str
    customer_city: str
    client_ip: str
    language: str  # "en" or "bn"


@dataclass(frozen=True)
class Started:
    """Where to send the customer, and what the gateway calls the session."""

    redirect_url: str
    session_key: str


@dataclass(frozen=True)
class Known:
    """What we know of an order that was started."""

    order: str
    session_key: str
    amount: Decimal
    currency: str
    gateway_reference: str = ""


@dataclass(frozen=True)
class Hint:
    """What a return or a notice claims. Nothing in it is believed.

    `is_genuine`: its signature is right (True), wrong or missing (False), or its kind has none
    (None).
    """

    order: str
    claim: Verdict
    reference: str = ""  # val_id, payment id: what `confirm` needs
    is_genuine: bool | None = None
    words: str = ""


@dataclass(frozen=True)
class Outcome:
    """What the gateway itself says of an order, asked server to server.

    `reference` is the gateway's unique id of the payment, `bank_reference` the bank's. `amount`
    and `currency` are what it says the customer paid of what we asked. `order` is the order it
    speaks of: the caller compares all of these with its own.
    """

    verdict: Verdict
    order: str = ""
    reference: str = ""
    bank_reference: str = ""
    amount: Decimal | None = None
    currency: str = ""
    fee: Decimal | None = None
    method: str = "CARD"  # one of `Payment.Method`
    instrument: str = ""
    payer: str = ""  # masked
    is_risky: bool = False
    code: str = ""
    words: str = ""
    paid_at: datetime | None = None  # when it says the customer paid
    answer: Mapping[str, Any] = field(default_factory=dict)  # without secrets
    others: tuple["Outcome", ...] = ()
    """Further payments it took for the same order: its page was paid more than once."""


class RefundState(StrEnum):
    DONE = "DONE"
    PROCESSING = "PROCESSING"
    REFUSED = "REFUSED"
    UNKNOWN = "UNKNOWN"  # the gateway knows no such refund: it may be asked for (again)


@dataclass(frozen=True)
class RefundOrder:
    """Money to send back. `order` is our id of the refund: the same one is never paid twice."""

    order: str
    amount: Decimal
    currency: str
    reason: str
    gateway_reference: str
    bank_reference: str
    session_key: str
    others: frozenset[str] = frozenset()
    """The gateway's references of our other refunds of this payment."""


@dataclass(frozen=True)
class RefundOutcome:
    state: RefundState
    reference: str = ""
    words: str = ""


@dataclass(frozen=True)
class Step:
    """One step of a test of credentials. `words` is a marked text with `values`."""

    words: str
    is_passed: bool
    values: Mapping[str, str] = field(default_factory=dict)


class Gateway(Protocol):
    """A provider of online payments, spoken to with one account's credentials.

    Every verb may raise GatewayDown (unknown), GatewayRefused, WrongCredentials
    (`payments.online.gateways.errors`); `read` raises nothing and does not call out.
    """

    order_length: int
    """How long our order ids may be."""
    can_refund: bool
    refund_id_is_once: bool
    """It knows our id of a refund and pays the same one once: asking for it again is safe."""

    def start(self, order: Order) -> Started: ...

    def read(self, claim: str, fields: Mapping[str, Any]) -> Hint:
        """Read what came to `success`, `fail`, `cancel`, `return` or `ipn`."""

    def confirm(self, known: Known, hint: Hint) -> Outcome:
        """Ask about the payment a hint speaks of (and carry it out, where that is the way)."""

    def query(self, known: Known) -> Outcome:
        """Ask about an order nobody has told us about; changes nothing at the gateway."""

    def refund(self, refund: RefundOrder) -> RefundOutcome: ...

    def refund_state(self, refund: RefundOrder, reference: str) -> RefundOutcome: ...

    def given_back(self, refund: RefundOrder) -> Decimal | None:
        """Return what it has given back of the payment in all; None when it does not say."""

    def test(self) -> Sequence[Step]:
        """Try address and credentials without moving money; the last step says what is wrong."""
