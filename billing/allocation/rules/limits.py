"""What a single payment may be."""

from datetime import timedelta
from decimal import Decimal

LARGEST = Decimal("10000000.00")
"""In the company's currency; above it somebody has typed an account number."""

SMALLEST_ONLINE = Decimal("10.00")
"""Gateways take nothing below (SSLCommerz: 10.00 to 500000.00)."""

REPEAT_WITHIN = timedelta(minutes=10)
"""The same customer, amount and method again within this time is asked about."""


def has_cents_at_most(amount: Decimal) -> bool:
    """Tell whether an amount is a finite number with at most two decimals."""
    return amount.is_finite() and amount == amount.quantize(Decimal("0.01"))
