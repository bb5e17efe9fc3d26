"""What others would earn of a day's bills once they are paid: billing asks, an upper app answers.

Billing knows no resellers. Who gives shares of payments registers how they are reckoned, so that a
dry run can say them before anybody is billed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Earned = Callable[[date, date, int | None], Decimal]


@dataclass(frozen=True)
class Share:
    """What a partner would earn of one customer's bills, in the company's currency."""

    customer_id: int
    partner_id: int
    partner: str
    rate: Decimal  # a fraction
    billed: Decimal  # with tax
    amount: Decimal


@dataclass(frozen=True)
class Sum:
    """What one partner would earn of all of them."""

    partner: str
    customers: int
    billed: Decimal
    amount: Decimal


Expected = Callable[[Mapping[int, Decimal]], list[Share]]
_earners: list[tuple[Expected, Earned]] = []


def register(expected: Expected, earned: Earned) -> None:
    """Let an app say what its partners would earn of bills, and what they earned in some days.

    `expected` takes what each customer (id) would be billed with tax, and gives a share for each
    of whom somebody earns. `earned` takes the first and the last company date, and a branch or
    None for all; it gives what is left of what was earned.
    """
    _earners.append((expected, earned))


def expected(billed: Mapping[int, Decimal]) -> list[Share]:
    """Return the shares of these bills when they are paid whole, by partner and customer."""
    found = [share for ask, _earned in _earners for share in ask(billed)]
    return sorted(found, key=lambda one: (one.partner, one.partner_id, one.customer_id))


def earned(first: date, last: date, *, branch_id: int | None = None) -> Decimal:
    """Return what partners earned from `first` to `last`, less what was clawed back since."""
    return sum((ask(first, last, branch_id) for _expected, ask in _earners), Decimal("0.00"))


def by_partner(found: list[Share]) -> list[Sum]:
    """Add shares up for each partner, by name."""
    groups: dict[int, list[Share]] = {}
    for share in found:
        groups.setdefault(share.partner_id, []).append(share)
    return [
        Sum(
            partner=group[0].partner,
            customers=len(group),
            billed=sum((one.billed for one in group), Decimal("0.00")),
            amount=sum((one.amount for one in group), Decimal("0.00")),
        )
        for group in groups.values()
    ]
