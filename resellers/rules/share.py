"""A reseller's share of a payment: split over what it settles, each part at its own rate.

Amounts are in the company's currency, rates are fractions; everything is rounded half up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ispbill.core.money import round_money

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Settles:
    """A line a payment settles, or (`gross` None) what of it lies on no bill."""

    gross: Decimal | None
    rate: Decimal
    """The share of this line: its package's, or the plan's default."""
    tax_rate: Decimal
    """Left out of the base; 0 where the company reckons with tax."""


@dataclass(frozen=True)
class Part:
    """A part of a payment: what of it counts, and the share of that."""

    amount: Decimal
    base: Decimal
    share: Decimal


def split(amount: Decimal, grosses: Sequence[Decimal]) -> list[Decimal]:
    """Return a payment split by the gross of the lines it settles; the last takes the rest."""
    total = sum(grosses, ZERO)
    parts = [round_money(amount * gross / total) for gross in grosses[:-1]]
    return [*parts, amount - sum(parts, ZERO)]


def of_part(amount: Decimal, line: Settles) -> Part:
    """Return the share of one part of a payment."""
    base = round_money(amount / (1 + line.tax_rate))
    return Part(amount, base, round_money(base * line.rate))


def of_bill(amount: Decimal, lines: Sequence[Settles]) -> list[Part]:
    """Return the parts of a payment for one bill, line by line (PERCENT, PACKAGE, first TIER)."""
    amounts = split(amount, [line.gross or ZERO for line in lines])
    return [of_part(part, line) for part, line in zip(amounts, lines, strict=True)]


def of_margin(
    *, net: Decimal, gross: Decimal, buy: Decimal, paid_before: Decimal, paid: Decimal
) -> Decimal:
    """Return the share of a line's margin that `paid` earns after `paid_before` (both gross).

    Reckoned from all that is paid so far, so the parts add up to the margin to the cent.
    """
    margin = max(net - buy, ZERO)
    before = round_money(margin * paid_before / gross)
    return round_money(margin * (paid_before + paid) / gross) - before


def capped(share: Decimal, cap: Decimal | None) -> Decimal:
    """Return a share within a cap (None: no cap)."""
    return share if cap is None else min(share, cap)


def kept(share: Decimal, *, left: Decimal, payment: Decimal) -> Decimal:
    """Return what stays of a share when only `left` of its payment is left."""
    return round_money(share * left / payment)


def goes_back_whole(*, activated_on: date, ended_on: date, clawback_days: int) -> bool:
    """Tell whether an activation amount goes back: the service ended within so many days."""
    return ended_on < activated_on + timedelta(days=clawback_days)
