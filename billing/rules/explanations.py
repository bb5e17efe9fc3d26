"""Why an amount is what it is: the record kept with every prorated line.

An explanation is JSON-able (amounts and ratios as strings, days as ISO dates, so that no float
can creep in) and complete: `recompute` gets the amount from it without knowing anything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from billing.rules.periods import Period
from ispbill.core.money import ZERO, ratio, round_money, times

VERSION = 1
RATIO_DECIMALS = 9
WHOLE = ratio(1, 1, RATIO_DECIMALS)

Explanation = dict[str, Any]


def share_of(*, days: int, divisor: int, whole: bool) -> Decimal:
    """Return the part of a price that `days` are: nine decimals half-up, never above 1."""
    return WHOLE if whole else min(ratio(days, divisor, RATIO_DECIMALS), WHOLE)


def of_share(
    *,
    part: Period,
    period: Period,
    price: Decimal,
    policy: str,
    divisor: int,
    whole: bool,
    cap: Decimal | None,
    decimals: int,
) -> Explanation:
    """Explain days priced by their share; the amount is at most `cap` when there is one."""
    share = share_of(days=part.days, divisor=divisor, whole=whole)
    amount = round_money(times(price, share), decimals)
    text = f"{part.days} of {divisor} days × {price:f} = {amount:f}"
    explanation = {
        **_basis(part, period, price, policy, decimals),
        "method": "share",
        "divisor": divisor,
        "whole": whole,
        "ratio": f"{share:f}",
        "cap": None,
        "amount": f"{amount:f}",
        "formula": f"whole period = {amount:f}" if whole else text,
    }
    return explanation if cap is None else limited(explanation, cap)


def of_rest(
    *,
    part: Period,
    period: Period,
    price: Decimal,
    policy: str,
    less: Sequence[Explanation],
    decimals: int,
) -> Explanation:
    """Explain the last days of a period, priced as the price less the days before them."""
    used = sum((Decimal(piece["amount"]) for piece in less), start=ZERO)
    amount = round_money(price, decimals) - used
    share = share_of(days=part.days, divisor=period.days, whole=not less)
    if policy == "anchor" and round_money(times(price, share), decimals) == amount:
        formula = f"{part.days} of {period.days} days × {price:f} = {amount:f}"
    else:
        formula = f"{price:f} − {used:f} for the days before = {amount:f}"
    return {
        **_basis(part, period, price, policy, decimals),
        "method": "rest",
        "divisor": period.days,
        "whole": not less,
        "ratio": f"{share:f}",
        "less": list(less),
        "cap": None,
        "amount": f"{amount:f}",
        "formula": formula if less else f"whole period = {amount:f}",
    }


def limited(explanation: Explanation, cap: Decimal) -> Explanation:
    """Return the explanation with its amount held to at most `cap`."""
    amount = Decimal(explanation["amount"])
    if amount <= cap:
        return {**explanation, "cap": f"{cap:f}"}
    formula = f"{explanation['formula']}, at most {cap:f}"
    return {**explanation, "cap": f"{cap:f}", "amount": f"{cap:f}", "formula": formula}


def of_difference(longer: Explanation, shorter: Explanation) -> Explanation:
    """Explain days in the middle of a period: what is left at their start less what is left after.

    Both explain the same price up to the same end.
    """
    amount = Decimal(longer["amount"]) - Decimal(shorter["amount"])
    days = longer["days"] - shorter["days"]
    divisor = longer["period"]["days"]
    share = share_of(days=days, divisor=divisor, whole=False)
    decimals = longer["rounding"]["decimals"]
    if round_money(times(Decimal(longer["price"]), share), decimals) == amount:
        formula = f"{days} of {divisor} days × {longer['price']} = {amount:f}"
    else:
        formula = f"{longer['amount']} − {shorter['amount']} for the days after = {amount:f}"
    return {
        **longer,
        "end": shorter["start"],
        "days": days,
        "method": "difference",
        "whole": False,
        "ratio": f"{share:f}",
        "longer": longer,
        "shorter": shorter,
        "cap": None,
        "amount": f"{amount:f}",
        "formula": formula,
    }


def of_sum(
    parts: Sequence[Explanation], *, start: date, end: date, period: Period, price: Decimal
) -> Explanation:
    """Explain days with gaps among them: the sum of their parts, each explained."""
    amount = sum((Decimal(part["amount"]) for part in parts), start=ZERO)
    days = sum(part["days"] for part in parts)
    return {
        **parts[0],
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
    if explanation["method"] == "rest":
        amount = _recompute_rest(explanation)
    elif explanation["method"] == "difference":
        amount = recompute(explanation["longer"]) - recompute(explanation["shorter"])
    elif explanation["method"] == "sum":
        amount = sum((recompute(part) for part in explanation["parts"]), start=ZERO)
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
    less = explanation["less"]
    days = sum((_days_between(piece) for piece in less), start=_days_between(explanation))
    if days != explanation["period"]["days"]:
        raise ValueError("the parts of this explanation are not the days of its period")
    price = round_money(Decimal(explanation["price"]), explanation["rounding"]["decimals"])
    return price - sum((recompute(piece) for piece in less), start=ZERO)


def _days_between(explanation: Explanation) -> int:
    start = date.fromisoformat(explanation["start"])
    end = date.fromisoformat(explanation["end"])
    if end - start != timedelta(days=explanation["days"]):
        raise ValueError("the days of this explanation are not those between its dates")
    return (end - start).days


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
