"""What a prepaid reseller's wallet can pay, and how much is missing."""

from decimal import Decimal

ZERO = Decimal("0.00")


def gap(*, balance: Decimal, credit_limit: Decimal, net: Decimal) -> Decimal:
    """Return how much a wallet lacks to pay `net` (company's currency); zero when it can."""
    return max(net - balance - credit_limit, ZERO)


def top_up(missing: Decimal, *, minimum: Decimal) -> Decimal:
    """Return the top-up to offer to somebody who lacks so much."""
    return max(missing, minimum)
