"""The one place where part of a period is turned into part of a price.

Days in `[start, end)` divided by the divisor of the policy, at nine decimals half-up, times the
price, half-up to the currency's decimals. Every piece carries an explanation from which
`recompute` gets the same amount again. See docs/algorithms/proration.md.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from billing.rules import explanations
from billing.rules.explanations import Explanation, recompute
from billing.rules.periods import (
    Cycle,
    Period,
    first_full_start,
    is_billing_date,
    period_containing,
)
from ispbill.core.money import ZERO, round_money

__all__ = [
    "Change",
    "Piece",
    "Policy",
    "Proration",
    "part_of",
    "prorate",
    "recompute",
    "split",
    "split_change",
]


class Policy(StrEnum):
    """What the days are divided by."""

    ANCHOR = "anchor"
    """The actual days of the anchor-aligned period."""
    FIXED30 = "fixed30"
    """Thirty days for each month of the cycle."""
    CALENDAR = "calendar"
    """The days of the calendar month the days lie in, for each month of the cycle."""


@dataclass(frozen=True)
class Piece:
    """One line: the days `[start, end)` and their amount, without tax."""

    start: date
    end: date
    amount: Decimal
    explanation: Explanation

    @property
    def days(self) -> int:
        return (self.end - self.start).days


@dataclass(frozen=True)
class Proration:
    """The pieces of a stretch of days, in order."""

    pieces: tuple[Piece, ...]

    @property
    def amount(self) -> Decimal:
        return sum((piece.amount for piece in self.pieces), start=ZERO)

    @property
    def days(self) -> int:
        return sum(piece.days for piece in self.pieces)

    @property
    def ratio(self) -> Decimal:
        """The periods' worth charged: the sum of the pieces' ratios."""
        return sum((Decimal(piece.explanation["ratio"]) for piece in self.pieces), start=Decimal(0))


@dataclass(frozen=True)
class Change:
    """What a package change on a day costs, without tax."""

    credit: Piece
    """What is left of the old package from that day; a positive amount to give back."""
    charge: Piece
    """The new package from that day."""

    @property
    def net(self) -> Decimal:
        """Positive: to pay. Negative: to credit."""
        return self.charge.amount - self.credit.amount


def prorate(
    *,
    start: date,
    end: date,
    billing_day: int,
    price: Decimal,
    cycle: Cycle = Cycle.MONTHLY,
    policy: Policy = Policy.ANCHOR,
    anchor_start: date | None = None,
    decimals: int = 2,
) -> Proration:
    """Price the days `[start, end)` of a package that costs `price` per period.

    A stretch over several periods is cut at the anchors; a whole period is the whole price under
    every policy, and no part of a period is more. `anchor_start` is where a full period of the
    subscription begins (quarterly and annual); left out, it is `start` or else `end` when that is
    a billing date, otherwise the first billing date after `start`.
    Raises ValueError for an end before the start, a negative price or one finer than `decimals`.
    """
    if end < start:
        raise ValueError("the end cannot be before the start")
    _check_price(price, decimals)
    anchor = anchor_start or _anchor(start, end, billing_day)
    pieces: list[Piece] = []
    on = start
    while on < end:
        period = period_containing(on, billing_day, cycle, anchor)
        upto = min(end, period.end)
        pieces += _pieces_within(Period(on, upto), period, price, policy, cycle, decimals)
        on = upto
    return Proration(tuple(pieces))


def part_of(
    *,
    days: Period,
    period: Period,
    price: Decimal,
    cycle: Cycle = Cycle.MONTHLY,
    policy: Policy = Policy.ANCHOR,
    decimals: int = 2,
) -> Proration:
    """Price days of one known period, which need not follow today's billing day.

    What `prorate` makes of the same days when the period is an anchor-aligned one. Raises
    ValueError when the days do not lie in the period.
    """
    _check_price(price, decimals)
    if days.start < period.start or days.end > period.end:
        raise ValueError("the days must lie in the period")
    return Proration(tuple(_pieces_within(days, period, price, policy, cycle, decimals)))


def split(
    *,
    price: Decimal,
    period: Period,
    on: date,
    policy: Policy = Policy.ANCHOR,
    cycle: Cycle = Cycle.MONTHLY,
    decimals: int = 2,
) -> tuple[Decimal, Piece]:
    """Split the price of a whole period at `on`: the first part's amount and the second piece.

    The second part is the price less the first, never rounded on its own, so the two are always
    the price. The day `on` belongs to the second part. Raises ValueError outside the period.
    """
    _check_price(price, decimals)
    if on not in period:
        raise ValueError("the day of the change must lie in the period")
    first: list[Piece] = []
    if on > period.start:
        before = Period(period.start, on)
        first = list(_pieces_within(before, period, price, policy, cycle, decimals))
    explanation = explanations.of_rest(
        part=Period(on, period.end),
        period=period,
        price=price,
        policy=policy.value,
        less=[piece.explanation for piece in first],
        decimals=decimals,
    )
    return sum((piece.amount for piece in first), start=ZERO), _piece(explanation)


def split_change(
    *,
    price_old: Decimal,
    price_new: Decimal,
    period: Period,
    on: date,
    policy: Policy = Policy.ANCHOR,
    cycle: Cycle = Cycle.MONTHLY,
    charged: Decimal | None = None,
    decimals: int = 2,
) -> Change:
    """Quote a change of package on a day of an anchor-aligned period that is already charged.

    The day of the change belongs to the new package. `charged` is what the old package was
    really charged for this period when that was less than its price (a first stub, a discount);
    the credit is never more than that.
    """
    _, credit = split(
        price=price_old, period=period, on=on, policy=policy, cycle=cycle, decimals=decimals
    )
    _, charge = split(
        price=price_new, period=period, on=on, policy=policy, cycle=cycle, decimals=decimals
    )
    if charged is not None:
        credit = _piece(explanations.limited(credit.explanation, max(charged, ZERO)))
    return Change(credit=credit, charge=charge)


def _pieces_within(
    days: Period, period: Period, price: Decimal, policy: Policy, cycle: Cycle, decimals: int
) -> Iterator[Piece]:
    """Price days inside one anchor-aligned period, at most its price in all."""
    whole = days == period
    left = round_money(price, decimals)
    for part, divisor in _parts(days, period, policy, cycle, whole=whole):
        piece = _piece(
            explanations.of_share(
                part=part,
                period=period,
                price=price,
                policy=policy.value,
                divisor=divisor,
                whole=whole,
                # By the anchor a part can never exceed its period; by the other divisors it can.
                cap=None if policy is Policy.ANCHOR else left,
                decimals=decimals,
            )
        )
        left -= piece.amount
        yield piece


def _parts(
    days: Period, period: Period, policy: Policy, cycle: Cycle, *, whole: bool
) -> Iterator[tuple[Period, int]]:
    if whole or policy is Policy.ANCHOR:
        yield days, period.days
    elif policy is Policy.FIXED30:
        yield days, 30 * cycle.months
    else:
        on = days.start
        while on < days.end:
            length = monthrange(on.year, on.month)[1]
            upto = min(days.end, on.replace(day=1) + timedelta(days=length))
            yield Period(on, upto), length * cycle.months
            on = upto


def _piece(explanation: Explanation) -> Piece:
    return Piece(
        start=date.fromisoformat(explanation["start"]),
        end=date.fromisoformat(explanation["end"]),
        amount=Decimal(explanation["amount"]),
        explanation=explanation,
    )


def _anchor(start: date, end: date, billing_day: int) -> date:
    if not is_billing_date(start, billing_day) and is_billing_date(end, billing_day):
        return end
    return first_full_start(start, billing_day)


def _check_price(price: Decimal, decimals: int) -> None:
    if not price.is_finite() or price < 0:
        raise ValueError("the price must be at least 0")
    if price != round_money(price, decimals):
        raise ValueError(f"the price has more than {decimals} decimals")
