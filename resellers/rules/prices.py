"""Between which prices a reseller may sell a package (net, company's currency)."""

from dataclasses import dataclass
from decimal import Decimal

from ispbill.core.money import round_money

MOST = Decimal("1.25")


@dataclass(frozen=True)
class Bounds:
    """The lowest and the highest price; both may be taken."""

    floor: Decimal
    ceiling: Decimal

    def admit(self, price: Decimal) -> bool:
        return self.floor <= price <= self.ceiling


def bounds(
    *,
    listed: Decimal,
    buy: Decimal | None = None,
    floor: Decimal | None = None,
    ceiling: Decimal | None = None,
) -> Bounds:
    """Return the bounds: what was agreed, else what it costs the reseller (or the list's price)."""
    lowest = floor if floor is not None else buy if buy is not None else listed
    return Bounds(lowest, ceiling if ceiling is not None else round_money(listed * MOST))
