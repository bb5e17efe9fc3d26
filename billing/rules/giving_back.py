"""What days of a billed line are worth: the one reckoning behind every credit for days.

A package change, a termination and a return from a suspension all give days of a line back. A
line's amount is shared out over its own days by `proration.split`: the days up to any day and the
days from it on are always the whole amount, so whatever is given back in however many pieces,
each day is worth what was charged for it and no more. Discounts and first stubs need no case of
their own: what was charged is the line's amount. See docs/algorithms/proration.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.rules import explanations
from billing.rules.explanations import Explanation
from billing.rules.periods import Cycle, Period
from billing.rules.proration import Piece, Policy, split
from billing.rules.tax import credit_line
from ispbill.core.money import ZERO, Taxed


@dataclass(frozen=True)
class Charged:
    """A line that was billed for the days of `span`, of the anchor-aligned `period`.

    `given_back` are days a credit note has given back already, `credited` is all that was, also
    without days.
    """

    key: int
    span: Period
    period: Period
    amount: Taxed
    rate: Decimal
    credited: Taxed
    given_back: tuple[Period, ...] = ()
    includes_tax: bool = False
    """The price was agreed with its tax: what is shared out is the gross."""

    @property
    def left(self) -> Taxed:
        """What no credit note has touched."""
        return self.amount - self.credited

    def shared(self, amount: Taxed) -> Decimal:
        """Return the side of an amount that days have a share of: net, or gross when agreed so."""
        return amount.gross if self.includes_tax else amount.net


@dataclass(frozen=True)
class Back:
    """What `days` of a line give back, as positive amounts."""

    key: int
    days: Period
    amount: Taxed
    rate: Decimal
    explanation: Explanation


def rest(line: Charged, on: date, policy: Policy) -> Piece:
    """Return the days of a line from `on` to its end, with their share of what was charged.

    A whole period is split by the company's policy, part of one by its own days. Raises
    ValueError for a day outside the line.
    """
    whole = line.span == line.period
    _first, piece = split(
        price=line.shared(line.amount),
        period=line.span,
        on=on,
        policy=policy if whole else Policy.ANCHOR,
        cycle=Cycle.of(line.period),
    )
    return piece


def give_back(line: Charged, days: Period, policy: Policy) -> Back | None:
    """Return what days of a line give back; None when nothing is left of them.

    Days given back before are not given back again, and never more than is left of the line.
    Raises ValueError for days outside the line.
    """
    if days.start < line.span.start or days.end > line.span.end:
        raise ValueError("days that are given back must be days of the line")
    parts = list(without(days, line.given_back))
    if not parts:
        return None
    pieces = [_piece(line, part, policy) for part in parts]
    explanation = pieces[0] if len(pieces) == 1 else _together(line, days, pieces)
    left = max(line.shared(line.left), ZERO)
    if Decimal(explanation["amount"]) > left:
        explanation = explanations.limited(explanation, left)
    taken = _taxed(line, Decimal(explanation["amount"]))
    if not taken.net and not taken.tax:
        return None
    return Back(line.key, days, taken, line.rate, explanation)


def _taxed(line: Charged, amount: Decimal) -> Taxed:
    """Return net and tax of an amount of the line's own kind, each within what is left."""
    if not line.includes_tax:
        return credit_line(charged=line.amount, credited=line.credited, net=amount, rate=line.rate)
    left = line.left
    if amount >= left.gross:
        return left
    taken = Taxed.from_gross(amount, line.rate)
    net = min(taken.net, left.net)
    return Taxed(net, min(amount - net, left.tax))


def without(days: Period, taken: Iterable[Period]) -> list[Period]:
    """Return what is left of `days` when the `taken` ones are gone, in order."""
    left = [days]
    for gone in taken:
        left = [
            part
            for whole in left
            for part in (
                _between(whole.start, min(whole.end, gone.start)),
                _between(max(whole.start, gone.end), whole.end),
            )
            if part is not None
        ]
    return left


def common(one: Period, other: Period) -> Period | None:
    """Return the days both have."""
    return _between(max(one.start, other.start), min(one.end, other.end))


def _piece(line: Charged, part: Period, policy: Policy) -> Explanation:
    """Explain a part of a line: to its end by the split, in the middle as a difference of two."""
    upto_end = rest(line, part.start, policy)
    if part.end == line.span.end:
        return upto_end.explanation
    after = rest(line, part.end, policy)
    return explanations.of_difference(upto_end.explanation, after.explanation)


def _together(line: Charged, days: Period, pieces: Sequence[Explanation]) -> Explanation:
    return explanations.of_sum(
        pieces, start=days.start, end=days.end, period=line.period, price=line.shared(line.amount)
    )


def _between(start: date, end: date) -> Period | None:
    return Period(start, end) if start < end else None
