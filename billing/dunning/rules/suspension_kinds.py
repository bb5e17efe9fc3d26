"""What each kind of suspension does to the money, unless the company says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Rule:
    """The money rule of a kind.

    `is_billed`: its days go on being billed. Otherwise they never are, and `is_credited` says
    whether those a bill had reached before are given back on return.
    """

    is_billed: bool
    is_credited: bool

    def __post_init__(self) -> None:
        if self.is_billed and self.is_credited:
            raise ValueError("days that are billed are not given back")


_FREE = Rule(is_billed=False, is_credited=False)
_CREDITED = Rule(is_billed=False, is_credited=True)
_BILLED = Rule(is_billed=True, is_credited=False)

USUAL: dict[str, Rule] = {
    "NON_PAYMENT": _FREE,  # the customer's own doing: what was billed stays billed
    "CUSTOMER_REQUEST": _CREDITED,
    "TECHNICAL": _CREDITED,
    "FRAUD": _BILLED,
    "POLICY": _BILLED,
    "PREPAID": _FREE,
    "OTHER": _FREE,
}


def rule_of(
    kind: str, chosen: Mapping[str, Mapping[str, Any]], *, bills_while_cut_off: bool
) -> Rule:
    """Return the rule of a kind: the company's choice, else the usual one.

    Non-payment is billed when the company bills while cut off, an older setting of its own.
    """
    if kind == "NON_PAYMENT" and bills_while_cut_off:
        return _BILLED
    own = chosen.get(kind)
    if own is None:
        return USUAL.get(kind, _FREE)
    is_billed = bool(own.get("is_billed"))
    return Rule(is_billed, bool(own.get("is_credited")) and not is_billed)
