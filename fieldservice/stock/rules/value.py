"""What our stock has cost, for information: the average of what was paid for what we own."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def taken_out(value: Decimal, *, owned: Decimal, quantity: Decimal) -> Decimal:
    """Return the worth of `quantity` that leaves, of `owned` worth `value`; nothing owned is 0.

    Whatever leaves last takes all that is left, so that nothing owned is worth nothing.
    """
    if owned <= 0:
        return Decimal("0.00")
    if quantity >= owned:
        return value
    return (value * quantity / owned).quantize(CENT, ROUND_HALF_UP)
