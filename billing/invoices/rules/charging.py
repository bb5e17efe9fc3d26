"""What a piece of a period comes to once discounts and tax have had their say.

One piece, one line: the list amount, less what discounts take, and its tax. The billing run does
the same arithmetic in SQL (`billing.run.queries.plan`); a test holds the two together. Worked
examples are in docs/algorithms/discounts.md.

Discounts: those that may be combined add up, percentages on the list amount and amounts a month
by the piece's share of its period; one that may not be combined stands alone. Whatever gives the
customer more is taken, never more than the list amount. Each product is rounded half-up once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.invoices.rules.explanations import Explanation
from billing.invoices.rules.proration import Piece
from billing.ledger.rules.tax import tax_line
from ispbill.core.money import ZERO, Taxed, round_money, times


@dataclass(frozen=True)
class Reduction:
    """A discount in effect on the first day of a piece: a fraction, or an amount a month."""

    label: str
    rate: Decimal | None = None
    amount: Decimal | None = None
    is_stackable: bool = False

    def __post_init__(self) -> None:
        if (self.rate is None) == (self.amount is None):
            raise ValueError("a discount is a rate or an amount")

    def of(self, amount: Decimal, *, share: Decimal, months: int, decimals: int = 2) -> Decimal:
        """Return what it takes off `amount` when it stands alone."""
        if self.rate is not None:
            return round_money(times(amount, self.rate), decimals)
        return round_money(times(times(self.amount or ZERO, Decimal(months)), share), decimals)


@dataclass(frozen=True)
class Terms:
    """How a service is charged: its tax, and the months of its cycle."""

    tax_rate: Decimal
    includes_tax: bool = False
    """The price was agreed with its tax: the gross is kept to the cent."""
    is_exempt: bool = False
    months: int = 1


@dataclass(frozen=True)
class Charge:
    """One line: `unit` less `discount` is the net. Amounts in the company's currency."""

    unit: Decimal
    discount: Decimal
    amount: Taxed
    tax_rate: Decimal
    explanation: Explanation


def reduction(
    amount: Decimal,
    reductions: Iterable[Reduction],
    *,
    share: Decimal,
    months: int = 1,
    decimals: int = 2,
) -> Decimal:
    """Return what the discounts take off a list amount, between nothing and all of it."""
    known = list(reductions)
    rates = sum((r.rate for r in known if r.is_stackable and r.rate is not None), start=Decimal(0))
    sums = sum((r.amount for r in known if r.is_stackable and r.amount is not None), start=ZERO)
    together = round_money(times(amount, rates), decimals)
    together += round_money(times(times(sums, Decimal(months)), share), decimals)
    alone = (
        r.of(amount, share=share, months=months, decimals=decimals)
        for r in known
        if not r.is_stackable
    )
    return min(amount, max(together, *alone, ZERO))


def charge(
    piece: Piece,
    *,
    terms: Terms,
    reductions: Iterable[Reduction] = (),
    since: date | None = None,
    decimals: int = 2,
) -> Charge:
    """Return the line a piece of a period becomes.

    `since` is the day the reductions are those of, when it is not the piece's own first.
    """
    known = list(reductions)
    share = Decimal(piece.explanation["ratio"])
    off = reduction(piece.amount, known, share=share, months=terms.months, decimals=decimals)
    amount = _taxed(piece.amount - off, terms, decimals)
    unit = _taxed(piece.amount, terms, decimals).net
    explanation = dict(piece.explanation)
    if known:
        explanation["discount"] = charge_words(off, known)
    if since is not None and since != piece.start:
        explanation["discounts_of"] = since.isoformat()
    if terms.includes_tax:
        explanation["tax_included"] = f"{terms.tax_rate:f}"
    return Charge(
        unit=unit,
        discount=unit - amount.net,
        amount=amount,
        tax_rate=Decimal(0) if terms.is_exempt else terms.tax_rate,
        explanation=explanation,
    )


def charge_words(off: Decimal, reductions: Iterable[Reduction]) -> dict[str, object]:
    """Return what an explanation keeps of the discounts that took `off` in all."""
    return {"amount": f"{off:f}", "parts": [_part(one) for one in reductions]}


def reductions_of(explanation: Explanation) -> tuple[Reduction, ...]:
    """Return the discounts an explanation was reckoned with."""
    return tuple(
        Reduction(
            part["label"],
            None if part["rate"] is None else Decimal(part["rate"]),
            None if part["amount"] is None else Decimal(part["amount"]),
            part["stackable"],
        )
        for part in explanation.get("discount", {}).get("parts", ())
    )


def _taxed(amount: Decimal, terms: Terms, decimals: int) -> Taxed:
    return tax_line(
        amount,
        terms.tax_rate,
        inclusive=terms.includes_tax,
        exempt=terms.is_exempt,
        decimals=decimals,
    )


def _part(r: Reduction) -> dict[str, object]:
    return {
        "label": r.label,
        "rate": None if r.rate is None else f"{r.rate:f}",
        "amount": None if r.amount is None else f"{r.amount:f}",
        "stackable": r.is_stackable,
    }
