"""What becomes of the security deposited by a customer when a service ends. Amounts with cents."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal(0)


class AtEnd(StrEnum):
    """The choice: leave it held, or use it for what is owed and keep or pay back the rest."""

    LEAVE = "LEAVE"
    CREDIT = "CREDIT"
    PAY_BACK = "PAY_BACK"


@dataclass(frozen=True)
class DepositHeld:
    """What is held, the ways it can be paid back (code, name), and when two have to agree."""

    amount: Decimal
    ways: Sequence[tuple[str, str]] = ()
    limit: Decimal | None = None  # paying back more needs a second person


@dataclass(frozen=True)
class DepositChoice:
    """What the person who ends the service chose; the way only for paying back."""

    choice: AtEnd
    method: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Split:
    """A deposit in two parts: `used` pays what is owed, `rest` is left."""

    used: Decimal
    rest: Decimal


@dataclass(frozen=True)
class Settlement:
    """What was done with a deposit; `is_waiting`: paying the rest back needs a second person."""

    used: Decimal = ZERO
    kept: Decimal = ZERO
    paid_back: Decimal = ZERO
    document: str = ""
    is_waiting: bool = False


def split(held: Decimal, owed: Decimal) -> Split:
    """Return how much of a deposit pays what is owed and how much is left.

    `owed` is the balance after the end: positive when the customer owes, negative for credit.
    """
    used = min(held, max(owed, ZERO))
    return Split(used, held - used)
