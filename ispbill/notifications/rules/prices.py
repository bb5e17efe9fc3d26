"""Which price counts for a message. Amounts in the company's currency, four decimals."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True)
class Price:
    """What a part costs from a day on; an empty provider is any, an empty prefix every number."""

    channel: str
    provider: str
    prefix: str
    valid_from: date
    amount: Decimal


def of_part(
    prices: Iterable[Price], *, channel: str, provider: str, recipient: str, on: date
) -> Decimal | None:
    """Return what one part costs on a day, None where no price is known.

    The provider's own price goes before one for all, then the longest prefix, then the latest
    day: a new price for every number does not undo the agreed one for one network.
    """
    fitting = [
        one
        for one in prices
        if one.channel == channel
        and one.provider in {"", provider}
        and recipient.startswith(one.prefix)
        and one.valid_from <= on
    ]
    if not fitting:
        return None
    return max(fitting, key=lambda one: (one.provider, len(one.prefix), one.valid_from)).amount


def rounded(cost: Decimal) -> Decimal:
    """Return a sum of costs to the hundredth, half up: totals are rounded once."""
    return cost.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
