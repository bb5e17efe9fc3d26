"""Ratios as they are shown: one decimal half-up, and 100.0 only for what is whole."""

from decimal import ROUND_HALF_UP, Decimal

_TENTH = Decimal("0.1")
BILLED_DAYS = 90
"""How many days of billing what is owed is measured by."""


def percent(part: Decimal, base: Decimal) -> Decimal | None:
    """Return `part` in percent of `base` with one decimal; None without a base.

    99.96 % is 99.9: a hundred says that nothing is missing.
    """
    if base <= 0:
        return None
    shown = (100 * part / base).quantize(_TENTH, ROUND_HALF_UP)
    if shown == 100 and part != base:
        return shown - _TENTH if part < base else shown + _TENTH
    return shown


def days_owed(owed: Decimal, billed: Decimal) -> Decimal | None:
    """Return how many days of billing are owed; `billed` of ninety days, less what was credited."""
    return (BILLED_DAYS * owed / billed).quantize(_TENTH, ROUND_HALF_UP) if billed > 0 else None
