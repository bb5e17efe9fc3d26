"""What another package costs for days that are billed already, and how a quote is kept.

The old package's days are given back (`billing.invoices.rules.giving_back`) and the new one is
charged for the same days, both by their share of the period: what `prorate` says of them. So a
change to the same price is free to the cent.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from billing.invoices.rules import charging
from billing.invoices.rules.charging import Charge, Reduction, Terms
from billing.invoices.rules.periods import Cycle, Period
from billing.invoices.rules.proration import Policy, part_of

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
    `period`; `price` is of a whole period, with its tax when `terms` say so; `reductions` are those
    of the day the span began, as they would have been had the new package been billed for it.
    """
    days = Period(max(on, span.start), span.end)
    priced = part_of(days=days, period=period, price=price, cycle=Cycle.of(period), policy=policy)
    known = list(reductions)
    return [
        charging.charge(piece, terms=terms, reductions=known, since=span.start)
        for piece in priced.pieces
    ]


def fingerprint(quote: Quote) -> str:
    """Return the hash of everything a quote says: amounts, days, and what they rest on."""
    text = json.dumps(quote, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
