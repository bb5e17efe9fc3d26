"""What a payout comes to: approved shares less claims, less the tax withheld for the state."""

from dataclasses import dataclass
from decimal import Decimal

from ispbill.core.money import round_money


@dataclass(frozen=True)
class Due:
    """A payout's sums in the company's currency; `payable` is what the reseller gets."""

    approved: Decimal
    claimed: Decimal
    withholding_rate: Decimal = Decimal(0)

    @property
    def amount(self) -> Decimal:
        """Return approved less claims; below zero the reseller owes it, and it is carried."""
        return self.approved - self.claimed

    @property
    def withheld(self) -> Decimal:
        return round_money(max(self.amount, Decimal(0)) * self.withholding_rate)

    @property
    def payable(self) -> Decimal:
        return self.amount - self.withheld


def is_enough(amount: Decimal, *, minimum: Decimal, is_closing: bool) -> bool:
    """Tell whether a payout is worth its while; who leaves is paid whatever is left."""
    return amount > 0 and (is_closing or amount >= minimum)
