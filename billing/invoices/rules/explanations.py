"""Why an amount is what it is: the record kept with every prorated line.

An explanation is JSON-able (amounts and ratios as strings, days as ISO dates, so that no float
can creep in) and complete: `recompute` gets the amount from it without knowing anything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from billing.invoices.rules.periods import Period, thirty_day_days
from ispbill.core.money import ZERO, ratio, round_money, times

VERSION = 1
RATIO_DECIMALS = 9
WHOLE = ratio(1, 1, RATIO_DECIMALS)

Explanation = dict[str, Any]


@dataclass(frozen=True)
class Share:
    """How many days a part counts for, of how many.

    Fewer or more than the part has, in months of thirty days; `whole` is all of the period.
    """

    days: int
    divisor: int
    whole: bool

    @property
    def ratio(self) -> Decimal:
        return share_of(days=self.days, divisor=self.divisor, whole=self.whole)


def share_of(*, days: int, divisor: int, whole: bool) -> Decimal:
    """Return the part of a price that `days` are: nine decimals half-up, never above 1."""
    return WHOLE if whole else min(ratio(days, divisor, RATIO_DECIMALS), WHOLE)


def of_share(
    *,
    part: Period,
    period: Period,
    price: Decimal,
    policy: str,
    share: Share,
    cap: Decimal | None,
    decimals: int,
) -> Explanation:
    """Explain days priced by their share; the amount is at most `cap` when there is one."""
    amount = round_money(times(price, share.ratio), decimals)
    text = f"{share.days} of {share.divisor} days × {price:f} = {amount:f}"
    explanation = {
        **_basis(part, period, price, policy, decimals),
        "days": share.days,
        "method": "share",
        "divisor": share.divisor,
        "whole": share.whole,
        "ratio": f"{share.ratio:f}",
        "cap": None,
        "amount": f"{amount:f}",
        "formula": f"whole period = {amount:f}" if share.whole else text,
    }
    return explanation if cap is None else limited(explanation, cap)


def of_rest(
    *,
    part: Period,
    span: Period,
    charged: Decimal,
    policy: str,
    less: Sequence[Explanation],
    decimals: int,
) -> Explanation:
    """Explain the last days of a line: what was charged for its `span`, less the days before."""
    used = sum((comes_to(piece) for piece in less), start=ZERO)
    amount = charged - used
    before = " − ".join(piece["formula"] for piece in less)
    return {
        **_basis(part, span, charged, policy, decimals),
        "method": "rest",
        "divisor": span.days,
        "whole": not less,
        "ratio": f"{share_of(days=part.days, divisor=span.days, whole=not less):f}",
        "less": list(less),
        "cap": None,
        "amount": f"{amount:f}",
        "formula": f"{charged:f} − ({before}) = {amount:f}" if less else f"all of it = {amount:f}",
    }


def comes_to(explanation: Explanation) -> Decimal:
    """Return what an explained amount comes to, discount taken off and held to what is left."""
    amount = Decimal(explanation["amount"])
    if "discount" in explanation:
        amount -= Decimal(explanation["discount"]["amount"])
    left = explanation.get("at_most")
    return amount if left is None else min(amount, Decimal(left))


def held_to(explanation: Explanation, left: Decimal) -> Explanation:
    """Return the explanation of a credit that is no more than what is left of its line."""
    if comes_to(explanation) <= left:
        return explanation
    return {
        **explanation,
        "at_most": f"{left:f}",
        "formula": f"{explanation['formula']}, at most {left:f}",
    }


def all_left(explanation: Explanation, left: Decimal) -> Explanation:
    """Return the explanation of a line's last days: they take what the others have left of it."""
    if comes_to(explanation) == left:
        return explanation
    return {
        **explanation,
        "method": "left",
        "amount": f"{left:f}",
        "discount": {"amount": "0.00", "parts": []},
        "at_most": None,
        "cap": None,
        "formula": f"what is left = {left:f}",
    }


def limited(explanation: Explanation, cap: Decimal) -> Explanation:
    """Return the explanation with its amount held to at most `cap`."""
    amount = Decimal(explanation["amount"])
    if amount <= cap:
        return {**explanation, "cap": f"{cap:f}"}
    formula = f"{explanation['formula']}, at most {cap:f}"
    return {**explanation, "cap": f"{cap:f}", "amount": f"{cap:f}", "formula": formula}


def of_sum(
    parts: Sequence[Explanation], *, start: date, end: date, period: Period, price: Decimal
) -> Explanation:
    """Explain days in several parts: the sum of their amounts, each explained."""
    amount = sum((comes_to(part) for part in parts), start=ZERO)
    days = sum(part["days"] for part in parts)
    first = {key: value for key, value in parts[0].items() if key != "discount"}
    return {
        **first,
        "method": "sum",
        "start": start.isoformat(),
        "end": end.isoformat(),
        "days": days,
        "period": {
            "start": period.start.isoformat(),
            "end": period.end.isoformat(),
            "days": period.days,
        },
        "price": f"{price:f}",
        "whole": False,
        "ratio": f"{share_of(days=days, divisor=period.days, whole=False):f}",
        "parts": list(parts),
        "cap": None,
        "amount": f"{amount:f}",
        "formula": " + ".join(part["formula"] for part in parts),
    }


def recompute(explanation: Explanation) -> Decimal:
    """Work the amount out again from what the explanation says, not from the amount it states.

    Raises ValueError when the explanation is of an unknown version or contradicts itself.
    """
    if explanation.get("version") != VERSION:
        raise ValueError("this explanation is of another version")
    if explanation["method"] == "left":  # what the rows of the line's other credits leave
        return Decimal(explanation["amount"])
    if explanation["method"] == "rest":
        amount = _recompute_rest(explanation)
    elif explanation["method"] == "sum":
        amount = sum((_recompute_whole(part) for part in explanation["parts"]), start=ZERO)
    else:
        amount = _recompute_share(explanation)
    cap = explanation["cap"]
    return amount if cap is None else min(amount, Decimal(cap))


def _recompute_share(explanation: Explanation) -> Decimal:
    days = _days_between(explanation)
    share = share_of(days=days, divisor=explanation["divisor"], whole=explanation["whole"])
    if share != Decimal(explanation["ratio"]):
        raise ValueError("the ratio of this explanation is not its days by its divisor")
    return round_money(
        times(Decimal(explanation["price"]), share), explanation["rounding"]["decimals"]
    )


def _recompute_rest(explanation: Explanation) -> Decimal:
    on = explanation["period"]["start"]
    for piece in explanation["less"]:
        if piece["start"] != on:
            raise ValueError("the parts of this explanation are not the days before it")
        on = piece["end"]
    if explanation["less"] and on != explanation["start"]:
        raise ValueError("the parts of this explanation are not the days before it")
    used = sum((_recompute_whole(piece) for piece in explanation["less"]), start=ZERO)
    return Decimal(explanation["price"]) - used


def _recompute_whole(part: Explanation) -> Decimal:
    """Work out a part's amount with its own discount taken off."""
    return comes_to({**part, "amount": f"{recompute(part):f}"})


def _days_between(explanation: Explanation) -> int:
    start = date.fromisoformat(explanation["start"])
    end = date.fromisoformat(explanation["end"])
    days = (end - start).days
    if explanation["policy"] == "fixed30" and not explanation["whole"]:
        period = explanation["period"]
        first, last = (date.fromisoformat(period[key]) for key in ("start", "end"))
        days = thirty_day_days(Period(start, end), Period(first, last))
    if days != explanation["days"]:
        raise ValueError("the days of this explanation are not those between its dates")
    return days


def _basis(part: Period, period: Period, price: Decimal, policy: str, decimals: int) -> Explanation:
    return {
        "version": VERSION,
        "policy": policy,
        "start": part.start.isoformat(),
        "end": part.end.isoformat(),
        "days": part.days,
        "period": {
            "start": period.start.isoformat(),
            "end": period.end.isoformat(),
            "days": period.days,
        },
        "price": f"{price:f}",
        "rounding": {"mode": "half-up", "ratio_decimals": RATIO_DECIMALS, "decimals": decimals},
    }
