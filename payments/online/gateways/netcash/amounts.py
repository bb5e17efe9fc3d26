"""Rand and cents. Files speak cents, calls speak Rand; nobody else in the program knows."""

import re
from decimal import ROUND_HALF_UP, Decimal

from ispbill.core.marking import gettext_noop
from payments.online.gateways.netcash.contract import NetcashRefused

_CENT = Decimal("0.01")
_LARGEST = Decimal("9999999999.99")
_RAND = re.compile(r"R?\s*(-?\d{1,3}(?:[ ,]\d{3})+|-?\d{1,12})(\.\d{1,6})?", re.ASCII)


def cents(amount: Decimal) -> int:
    """Return R599.00 as 59900. Refuses nothing, less, and anything finer than a cent."""
    if not isinstance(amount, Decimal):
        raise TypeError("money is a Decimal, never a float or an int")
    if not amount.is_finite() or not 0 < amount <= _LARGEST:
        raise NetcashRefused("", gettext_noop("The amount must be above zero"), [str(amount)])
    if amount != amount.quantize(_CENT):
        raise NetcashRefused("", gettext_noop("The amount is finer than a cent"), [str(amount)])
    return int(amount.scaleb(2))


def rand(amount: Decimal) -> str:
    """Return R599 as "599.00", under the same conditions."""
    whole, part = divmod(cents(amount), 100)
    return f"{whole}.{part:02}"


def read_rand(text: str) -> Decimal | None:
    """Read "599.0000", "R1 500.00" or "-1.00", half-up to the cent; None when it is no amount."""
    found = _RAND.fullmatch(text.strip())
    if found is None:
        return None
    whole = re.sub(r"[ ,]", "", found[1])
    return Decimal(whole + (found[2] or "")).quantize(_CENT, rounding=ROUND_HALF_UP)
