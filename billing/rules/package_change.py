"""What another package costs for days that are billed already, and how a quote is kept.

The old package's days are given back (`billing.rules.giving_back`); the new one is charged for the
same days as if it had been billed in the old one's place: the price of the very same span, with
discounts and tax by `billing.rules.charging`, less the days before the change. So a change to the
same price is free to the cent, and credit and charge are always second parts of a whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from billing.rules import charging
from billing.rules.charging import Charge, Reduction, Terms
from billing.rules.periods import Cycle, Period
from billing.rules.proration import Piece, Policy, part_of, split
from billing.rules.tax import tax_line
from ispbill.core.money import round_money

VERSION = 1

Quote = dict[str, Any]


def charges_from(
    *,
    span: Period,
    period: Period,
    on: date,
    price: Decimal,
    terms: Terms,
    reductions: Iterable[Reduction],
    policy: Policy,
) -> list[Charge]:
    """Return the lines of a package for the days of `span` from `on` to its end.

    `span` is what a line of the old package was billed for, part or all of the anchor-aligned
    `period`; `price` is of a whole period, with its tax when `terms` say so.
    """
    known = list(reductions)
    pieces = part_of(
        days=span, period=period, price=price, cycle=Cycle.of(period), policy=policy
    ).pieces
    whole = span == period
    found = []
    for piece in pieces:
        if piece.end <= on:
            continue
        if piece.start >= on:
            found.append(charging.charge(piece, terms=terms, reductions=known))
        else:
            line = _second_part(piece, on, terms, known, policy if whole else Policy.ANCHOR)
            if not whole:  # the split was of the span; say which period the days lie in
                line.explanation["within"] = {
                    "start": period.start.isoformat(),
                    "end": period.end.isoformat(),
                    "days": period.days,
                }
            found.append(line)
    return found


def _second_part(
    piece: Piece, on: date, terms: Terms, reductions: list[Reduction], policy: Policy
) -> Charge:
    """Charge the days of a piece from `on`: its whole amount less its days before."""
    share = Decimal(piece.explanation["ratio"])
    off = charging.reduction(piece.amount, reductions, share=share, months=terms.months)
    days = Period(piece.start, piece.end)
    cycle = Cycle.of(days)
    _, listed = split(price=piece.amount, period=days, on=on, policy=policy, cycle=cycle)
    _, asked = split(
        price=round_money(piece.amount - off), period=days, on=on, policy=policy, cycle=cycle
    )
    amount = tax_line(
        asked.amount, terms.tax_rate, inclusive=terms.includes_tax, exempt=terms.is_exempt
    )
    unit = listed.amount
    if terms.includes_tax:
        unit = tax_line(unit, terms.tax_rate, inclusive=True, exempt=terms.is_exempt).net
    explanation = dict(listed.explanation)
    if reductions:
        explanation["discount"] = {
            "amount": f"{listed.amount - asked.amount:f}",
            "parts": [part_words(one) for one in reductions],
        }
    if terms.includes_tax:
        explanation["tax_included"] = f"{terms.tax_rate:f}"
    return Charge(
        unit=unit,
        discount=unit - amount.net,
        amount=amount,
        tax_rate=Decimal(0) if terms.is_exempt else terms.tax_rate,
        explanation=explanation,
    )


def part_words(one: Reduction) -> dict[str, object]:
    """Write a discount as an explanation keeps it."""
    return {
        "label": one.label,
        "rate": None if one.rate is None else f"{one.rate:f}",
        "amount": None if one.amount is None else f"{one.amount:f}",
        "stackable": one.is_stackable,
    }


def fingerprint(quote: Quote) -> str:
    """Return the hash of everything a quote says: amounts, days, and what they rest on."""
    text = json.dumps(quote, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
