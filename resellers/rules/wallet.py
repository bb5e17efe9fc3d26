"""What a prepaid reseller's wallet can pay, and how much is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal("0.00")


def gap(*, balance: Decimal, credit_limit: Decimal, net: Decimal) -> Decimal:
    """Return how much a wallet lacks to pay `net` (company's currency); zero when it can."""
    return max(net - balance - credit_limit, ZERO)


def top_up(missing: Decimal, *, minimum: Decimal) -> Decimal:
    """Return the top-up to offer to somebody who lacks so much."""
    return max(missing, minimum)


def is_blocked(*, balance: Decimal, credit_limit: Decimal) -> bool:
    """Tell whether a wallet is below its limit (a top-up was reversed): nothing is paid from it."""
    return balance < -credit_limit


def crosses(*, before: Decimal, after: Decimal, mark: Decimal) -> bool:
    """Tell whether a wallet has just become low; said once for a crossing."""
    return before >= mark > after


@dataclass(frozen=True)
class Fitting:
    """Which renewals a wallet pays, which not, and how much is missing for all of these."""

    renewed: Sequence[int]
    skipped: Sequence[int]
    missing: Decimal


def fit(nets: Sequence[Decimal], *, balance: Decimal, credit_limit: Decimal) -> Fitting:
    """Pay renewals in the order given; one that does not fit is skipped, the next is tried."""
    left, renewed, skipped = balance + credit_limit, [], []
    for place, net in enumerate(nets):
        if net <= left:
            renewed.append(place)
            left -= net
        else:
            skipped.append(place)
    lacking = sum((nets[place] for place in skipped), ZERO) - left
    return Fitting(renewed, skipped, max(lacking, ZERO))
