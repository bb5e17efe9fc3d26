"""What leaving before a contract's minimum costs, by the terms that were signed.

The kind of fee, then the least of it, its caps and what staying would have cost: nobody pays more
for leaving than for staying. Tax comes last and elsewhere. Days are first free days.
"""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

_CENT = Decimal("0.01")


class Cause(StrEnum):
    """Why a service ends."""

    NOTICE = "NOTICE"
    NON_PAYMENT = "NON_PAYMENT"
    COOLING_OFF = "COOLING_OFF"
    DEATH = "DEATH"
    HOUSE = "HOUSE"  # our breach, or we end it without a cause of theirs
    UNSERVABLE = "UNSERVABLE"  # the new address cannot be served
    MUTUAL = "MUTUAL"  # handed on to somebody else, replaced by another contract
    WAIVED = "WAIVED"


# Why somebody goes (`customers.Subscription.Leaving`), where how the contract ends tells it.
LEAVING = {
    Cause.NON_PAYMENT: "NON_PAYMENT",
    Cause.DEATH: "DIED",
    Cause.HOUSE: "BY_US",
    Cause.UNSERVABLE: "MOVED",
    Cause.MUTUAL: "MOVED",
    Cause.COOLING_OFF: "OWN_WISH",
}

FREE = frozenset(Cause) - {Cause.NOTICE, Cause.NON_PAYMENT}


class FeeKind(StrEnum):
    NONE = "NONE"
    FIXED = "FIXED"
    REMAINING = "REMAINING"
    DECLINING = "DECLINING"


@dataclass(frozen=True)
class Terms:
    """The terms of leaving, as signed. Amounts net; `rate` is a fraction of what remains."""

    kind: FeeKind
    minimum_from: date
    minimum_until: date
    amount: Decimal = Decimal(0)
    rate: Decimal = Decimal(1)
    cap_months: int | None = None
    monthly_price: Decimal = Decimal(0)
    """The signed price of a month."""
    cap_amount: Decimal | None = None


@dataclass(frozen=True)
class Reckoned:
    """A fee without tax, and what decided it (`KIND`, `CAP_MONTHS`, `CAP_AMOUNT`, `STAY`)."""

    net: Decimal
    raw: Decimal
    bound: str


def is_early(terms: Terms, on: date) -> bool:
    """Tell whether the first day without service lies before the minimum is over."""
    return terms.kind != FeeKind.NONE and on < terms.minimum_until


def reckon(terms: Terms, *, on: date, remaining: Decimal, staying: Decimal) -> Reckoned:
    """Return the fee for leaving on a day.

    `remaining` is what the days left cost at the signed price, `staying` at today's (both net).
    """
    if not is_early(terms, on):
        return Reckoned(Decimal(0), Decimal(0), "KIND")
    raw = _raw(terms, on, remaining)
    bounds = {"KIND": raw, "STAY": _rounded(staying)}
    if terms.cap_months is not None:
        bounds["CAP_MONTHS"] = _rounded(terms.monthly_price * terms.cap_months)
    if terms.cap_amount is not None:
        bounds["CAP_AMOUNT"] = terms.cap_amount
    bound = min(bounds, key=lambda name: (bounds[name], name != "KIND"))
    return Reckoned(bounds[bound], raw, bound)


def declined(amount: Decimal, *, since: date, until: date, on: date) -> Decimal:
    """Return what is left of an amount that falls with every day of `[since, until)`."""
    days = (until - since).days
    left = min(max((until - on).days, 0), days)
    return _rounded(amount * left / days) if days else Decimal(0)


def _raw(terms: Terms, on: date, remaining: Decimal) -> Decimal:
    if terms.kind == FeeKind.FIXED:
        return terms.amount
    if terms.kind == FeeKind.REMAINING:
        return _rounded(remaining * terms.rate)
    return declined(terms.amount, since=terms.minimum_from, until=terms.minimum_until, on=on)


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)
