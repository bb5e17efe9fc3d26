"""The notes and coins people count, by currency: data, in the order of counting.

In use according to the issuing banks (Bangladesh Bank, South African Reserve Bank, Reserve Bank of
India); what is not listed (old coins) is typed as loose change.
"""

from collections.abc import Mapping
from decimal import Decimal

from ispbill.core.money import ZERO

_BDT = ("1000", "500", "200", "100", "50", "20", "10", "5", "2", "1")
_ZAR = ("200", "100", "50", "20", "10", "5", "2", "1", "0.50", "0.20", "0.10")
_INR = ("500", "200", "100", "50", "20", "10", "5", "2", "1")

BY_CURRENCY: Mapping[str, tuple[str, ...]] = {"BDT": _BDT, "ZAR": _ZAR, "INR": _INR}


def of(currency: str) -> tuple[str, ...]:
    """Return the pieces of a currency, largest first; none for one we do not know."""
    return BY_CURRENCY.get(currency, ())


def total(pieces: Mapping[str, int], loose: Decimal) -> Decimal:
    """Return what so many of each piece, and loose change, come to."""
    return sum((Decimal(piece) * count for piece, count in pieces.items()), ZERO) + loose
