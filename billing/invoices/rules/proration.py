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

from billing.invoices.rules import explanations
from billing.invoices.rules.explanations import Explanation, recompute
from billing.invoices.rules.periods import (
    Cycle,
    Period,
    first_full_start,
    is_billing_date,
    period_containing,
    thirty_day_days,
)
from ispbill.core.money import ZERO, round_money

__all__ = ["Piece", "Policy", "Proration", "part_of", "prorate", "recompute"]


class Policy(StrEnum):
    """What the days are divided by."""

    ANCHOR = "anchor"
    """The actual days of the anchor-aligned period."""
    FIXED30 = "fixed30"
    """Every month has thirty days: the 31st counts for nothing, February's last for three."""
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


def _pieces_within(
    days: Period, period: Period, price: Decimal, policy: Policy, cycle: Cycle, decimals: int
) -> Iterator[Piece]:
    """Price days inside one anchor-aligned period, at most its price in all."""
    whole = days == period
    left = round_money(price, decimals)
    for part, counted, divisor in _parts(days, period, policy, cycle, whole=whole):
        piece = _piece(
            explanations.of_share(
                part=part,
                period=period,
                price=price,
                policy=policy.value,
                share=explanations.Share(counted, divisor, whole),
                # By the anchor a part can never exceed its period; by the other divisors it can.
                cap=None if policy is Policy.ANCHOR else left,
                decimals=decimals,
            )
        )
        left -= piece.amount
        yield piece


def _parts(
    days: Period, period: Period, policy: Policy, cycle: Cycle, *, whole: bool
) -> Iterator[tuple[Period, int, int]]:
    """Yield the parts with how many days each counts for, of how many."""
    if whole or policy is Policy.ANCHOR:
        yield days, days.days, period.days
    elif policy is Policy.FIXED30:
        yield days, thirty_day_days(days, period), 30 * cycle.months
    else:
        on = days.start
        while on < days.end:
            length = monthrange(on.year, on.month)[1]
            upto = min(days.end, on.replace(day=1) + timedelta(days=length))
            part = Period(on, upto)
            yield part, part.days, length * cycle.months
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
