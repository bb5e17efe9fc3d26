"""What a running session must be told when its line's wish has changed."""

from dataclasses import dataclass
from enum import StrEnum

from network.radius.rules.accounting import Kind


class Order(StrEnum):
    """Change its attributes, or end it so that it signs on anew."""

    CHANGE = "change"
    DISCONNECT = "disconnect"


@dataclass(frozen=True, kw_only=True)
class Stand:
    """A line's wish beside what was confirmed of it and the address its session has."""

    wanted: str
    confirmed: str
    is_let_in: bool
    is_other_profile: bool
    is_in_doubt: bool
    fixed_address: str
    session_address: str


def order(stand: Stand) -> Order | None:
    """Return what the session is told; None: it may stay as it is."""
    if not stand.is_let_in or stand.is_in_doubt:
        return Order.DISCONNECT
    if stand.confirmed and stand.wanted != stand.confirmed:
        return Order.DISCONNECT
    if stand.wanted != "OPEN":
        return None
    if stand.fixed_address and stand.fixed_address != stand.session_address:
        return Order.DISCONNECT  # an address is given at sign-on only
    return Order.CHANGE if stand.is_other_profile else None


def is_proof(kind: Kind, *, is_new: bool, was_disconnected: bool) -> bool | None:
    """Tell whether accounting after an acknowledged order proves it done.

    None: it proves that it was not, for a session that was to end is still there.
    """
    if kind is Kind.STOP or is_new:
        return True
    return None if was_disconnected else True
