"""What days of a billed line are worth: the one reckoning behind every credit for days.

A package change, a pause and an end all give days of a line back. One law: days cost what `prorate`
says of them, with the line's own price, period, policy and discounts. A change and a pause name
the days that go back; an end names the days in use, and what was charged beyond them goes back.
Never more than is left of the line goes back, and its last days take all that is left of it. See
docs/algorithms/giving-back.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.invoices.rules import explanations
from billing.invoices.rules.charging import Reduction, charge_words, reduction
from billing.invoices.rules.explanations import Explanation, comes_to
from billing.invoices.rules.periods import Cycle, Period
from billing.invoices.rules.proration import Policy, part_of
from billing.ledger.rules.tax import credit_line
from ispbill.core.money import ZERO, Taxed


@dataclass(frozen=True)
class Charged:
    """A line that was billed for the days of `span`, by the `price` of its `period`.

    Without a price, its own amount is that of its span. `given_back` are days a credit note has
    given back already, `credited` is all that was, also without days.
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
    price: Decimal | None = None
    policy: Policy | None = None
    """What the line was billed by; None is whatever the company bills by now."""
    reductions: tuple[Reduction, ...] = ()
    since: date | None = None
    """Days from here to the span were used as well (lent before a prepaid renewal)."""

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


def worth(line: Charged, days: Period, policy: Policy) -> list[Explanation]:
    """Explain what `days` of a line cost, each part by its share of the period's price."""
    period, price = line.period, line.price
    if price is None:
        period, price, policy = line.span, line.shared(line.amount), Policy.ANCHOR
    cycle = Cycle.of(period)
    priced = part_of(
        days=days, period=period, price=price, cycle=cycle, policy=line.policy or policy
    )
    found = []
    for piece in priced.pieces:
        explanation = piece.explanation
        if line.reductions:
            share = Decimal(explanation["ratio"])
            off = reduction(piece.amount, line.reductions, share=share, months=cycle.months)
            explanation = explanation | {"discount": charge_words(off, line.reductions)}
        found.append(explanation)
    return found


def give_back(line: Charged, days: Period, policy: Policy) -> Back | None:
    """Return what days that are named give back (a change, a pause); None when nothing is left.

    Days given back before are not given back again. Raises ValueError for days outside the line.
    """
    _refuse_outside(line, days)
    parts = without(days, line.given_back)
    if not parts:
        return None
    pieces = [piece for part in parts for piece in worth(line, part, policy)]
    explanation = pieces[0] if len(pieces) == 1 else _together(line, days, pieces)
    return _back(line, days, explanation)


def nothing_back(line: Charged, days: Period) -> Back:
    """Return days of a line that give nothing back: they were given back before."""
    return Back(line.key, days, Taxed.nothing(), line.rate, {})


def give_back_from(line: Charged, on: date, policy: Policy) -> Back | None:
    """Return what an end gives back of a line: what was charged less what the days before cost.

    Raises ValueError for a day outside the line.
    """
    days = Period(on, line.span.end)
    _refuse_outside(line, days)
    first = line.since or line.span.start
    if without(days, line.given_back) != [days] or on == first:
        return give_back(line, days, policy)
    explanation = explanations.of_rest(
        part=days,
        span=Period(first, line.span.end),
        charged=line.shared(line.amount),
        policy=(line.policy or policy).value,
        less=worth(line, Period(first, on), policy),
        decimals=2,
    )
    return _back(line, days, explanation)


def _back(line: Charged, days: Period, explanation: Explanation) -> Back | None:
    left = max(line.shared(line.left), ZERO)
    if not without(line.span, [*line.given_back, days]):
        explanation = explanations.all_left(explanation, left)
    else:
        explanation = explanations.held_to(explanation, left)
    taken = _taxed(line, max(comes_to(explanation), ZERO))
    if not taken.net and not taken.tax:
        return None
    return Back(line.key, days, taken, line.rate, explanation)


def _refuse_outside(line: Charged, days: Period) -> None:
    if days.start < line.span.start or days.end > line.span.end:
        raise ValueError("days that are given back must be days of the line")


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


def _together(line: Charged, days: Period, pieces: Sequence[Explanation]) -> Explanation:
    return explanations.of_sum(
        pieces, start=days.start, end=days.end, period=line.period, price=line.shared(line.amount)
    )


def _between(start: date, end: date) -> Period | None:
    return Period(start, end) if start < end else None
