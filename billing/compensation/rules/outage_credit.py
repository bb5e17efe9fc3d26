"""What minutes without service are worth. Amounts are Decimal with two decimals, before tax."""

from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")
_DAY = 1_440
# BTRC directive of 2021: whole days without service, and the share of the month that comes back.
_BTRC_2021 = ((3 * _DAY, Decimal("1.00")), (2 * _DAY, Decimal("0.75")), (_DAY, Decimal("0.50")))


def by_minutes(*, net: Decimal, minutes: int, of: int) -> Decimal:
    """Return the part of a line's net amount that `minutes` of its span's `of` minutes cost.

    Half-up to the cent, never more than the line.
    """
    if of <= 0 or minutes <= 0 or net <= 0:
        return Decimal("0.00")
    return min(net, (net * minutes / of).quantize(_CENT, ROUND_HALF_UP))


def btrc_2021(*, net: Decimal, minutes: int) -> Decimal:
    """Return what the directive gives back of a month for `minutes` in one stretch."""
    share = next((part for least, part in _BTRC_2021 if minutes >= least), Decimal(0))
    return (net * share).quantize(_CENT, ROUND_HALF_UP)
