"""Say in a sentence why a line of a bill costs what it costs, from its kept explanation."""

from datetime import date
from decimal import Decimal
from typing import Any

from ispbill.core import formats
from ispbill.core.formats import Style

Explanation = dict[str, Any]


def days_of(explanation: Explanation, language: str) -> str:
    """Return the days a line covers: `15 Jan – 20 Jan 2026 (6 days)`; "" when it covers none."""
    if "start" not in explanation:
        return ""
    start, end = (date.fromisoformat(explanation[key]) for key in ("start", "end"))
    return formats.period(start, end, language)


def reason(explanation: Explanation, language: str, style: Style) -> str:
    """Return the arithmetic of days in words; "" for whole periods and fees.

    The one sentence for it: on invoices and credit notes, on screens and on the phone. The figures
    are those of `billing.invoices.rules.explanations`: nothing is worked out again here.
    """
    method = explanation.get("method")
    if not method:
        return ""
    off = _discount(explanation, language, style)
    if explanation.get("whole"):
        return off
    bangla = language == "bn"
    if method == "sum":
        text = " + ".join(reason(part, language, style) for part in explanation["parts"])
    elif method == "left":
        return "যা বাকি ছিল" if bangla else "what was left"
    elif method == "rest":
        price = _money(explanation["price"], style)
        days = " + ".join(_share(part, language, style) for part in explanation["less"])
        text = f"{price}, {days} বাদে" if bangla else f"{price} less {days}"
    else:
        text = _share(explanation, language, style)
    for key in ("cap", "at_most"):
        cap = explanation.get(key)
        if cap is not None and Decimal(explanation["amount"]) >= Decimal(cap):
            limit = _money(cap, style)
            text += f", সর্বোচ্চ {limit}" if bangla else f", at most {limit}"
    return f"{text}; {off}" if off else text


def _share(explanation: Explanation, language: str, style: Style) -> str:
    """Return `6 of 31 days × ৳1,500`."""
    days, divisor = (_count(explanation[key], language) for key in ("days", "divisor"))
    price = _money(explanation["price"], style)
    if language == "bn":
        return f"{divisor} দিনের মধ্যে {days} দিন × {price}"
    return f"{days} of {divisor} days × {price}"


def _discount(explanation: Explanation, language: str, style: Style) -> str:
    """Return what was taken off and under which names: `Welcome: 100.00 less`."""
    discount = explanation.get("discount")
    if discount is None or not Decimal(discount["amount"]):
        return ""
    names = ", ".join(part["label"] for part in discount["parts"])
    amount = _money(discount["amount"], style)
    return f"{names}: {amount} ছাড়" if language == "bn" else f"{names}: {amount} less"


def _money(amount: str | Decimal, style: Style) -> str:
    return formats.money(Decimal(amount), style)


def _count(days: int, language: str) -> str:
    return formats.digits_in(str(days), language)
