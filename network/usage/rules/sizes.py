"""How much data, in words. A gigabyte is 10^9 bytes, as everybody sells it."""

from decimal import ROUND_HALF_UP, Decimal

GB = 10**9


def gigabytes(size: int) -> Decimal:
    """Return bytes as GB, to two places, half up."""
    return (Decimal(size) / GB).quantize(Decimal("0.01"), ROUND_HALF_UP)
