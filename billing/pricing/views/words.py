"""What the console says in words: why an amount, why a suspension, what a dialog will do."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from billing.invoices.rules import line_words
from billing.invoices.rules.explanations import comes_to
from billing.pricing.queries.outlook import Outlook
from ispbill.core import formats
from ispbill.core.models import Company
from ispbill.core.money import Taxed

Fact = dict[str, str]


def day(on: date) -> str:
    """Write a day in the reader's language."""
    return formats.day(on, get_language() or "en")


def period(start: date, end: date) -> str:
    """Write the days `[start, end)` in the reader's language."""
    return formats.period(start, end, get_language() or "en")


def percent(rate: Decimal) -> str:
    """Write a fraction as a percentage: 0.15 is `15 %`."""
    whole = (rate * 100).normalize()
    return f"{whole:f} %"


def why_amount(explanation: Mapping[str, Any], taxed: Taxed, rate: Decimal) -> list[Fact]:
    """Return the arithmetic of a line step by step, from what was kept with it."""
    facts = []
    if "method" in explanation:
        facts = _share(explanation)
    facts += _discount(explanation)
    if "tax_included" in explanation:
        facts.append(
            {
                "label": _tax_name(),
                "value": _("The price includes %(rate)s; it is taken out of it.")
                % {"rate": percent(Decimal(explanation["tax_included"]))},
            }
        )
    facts.append({"label": _("Net amount"), "value": formats.money(taxed.net)})
    if rate and "tax_included" in explanation:
        facts.append({"label": _tax_name(), "value": formats.money(taxed.tax)})
    elif rate:
        facts.append(
            {
                "label": _("%(tax)s %(rate)s") % {"tax": _tax_name(), "rate": percent(rate)},
                "value": _("%(net)s × %(rate)s = %(tax)s, rounded half-up")
                % {
                    "net": formats.money(taxed.net),
                    "rate": percent(rate),
                    "tax": formats.money(taxed.tax),
                },
            }
        )
    else:
        facts.append({"label": _tax_name(), "value": _("not charged")})
    facts.append({"label": _("To pay"), "value": formats.money(taxed.gross)})
    return facts


def _discount(explanation: Mapping[str, Any]) -> list[Fact]:
    discount = explanation.get("discount")
    if discount is None:
        return []
    names = ", ".join(_reduction(part) for part in discount["parts"])
    return [
        {
            "label": _("Discount"),
            "value": _("%(names)s: %(amount)s less.")
            % {"names": names, "amount": formats.money(Decimal(discount["amount"]))},
        }
    ]


def _reduction(part: Mapping[str, Any]) -> str:
    if part["rate"] is not None:
        return f"{part['label']} {percent(Decimal(part['rate']))}"
    amount = formats.money(Decimal(part["amount"]))
    return _("%(label)s %(amount)s a month") % {"label": part["label"], "amount": amount}


def arithmetic(explanation: Mapping[str, Any]) -> str:
    """Return the arithmetic of a line in one sentence; "" for fees."""
    if "method" not in explanation:
        return ""
    amount = formats.money(comes_to(dict(explanation)))
    style = formats.defaults().style
    text = line_words.reason(dict(explanation), get_language() or "en", style)
    if explanation["whole"]:
        price = formats.money(Decimal(explanation["price"]))
        whole = _("The whole period at its full price of %(price)s.") % {"price": price}
        return f"{whole} {text}".strip()
    return f"{text} = {amount}"


def bill(outlook: Outlook) -> list[dict[str, Any]]:
    """Return the parts of a coming bill with their days and arithmetic."""
    return [
        {
            "label": part.description if part.priced.item else "",  # an add-on says which
            "days": period(part.start, part.end),
            "text": arithmetic(part.explanation),
            "net": part.amount.net,
            "tax": part.amount.tax,
            "total": part.amount.gross,
        }
        for part in outlook.parts
    ]


def left_alone(reason: str) -> str:
    """Say in two or three words why approved customers were not cut off after all."""
    return str(
        {
            "nothing_owed": _("nothing owed any more"),
            "below_minimum": _("below the smallest debt that counts"),
            "in_grace": _("in their days of grace"),
            "promised": _("payment promised"),
            "excluded": _("taken out by staff"),
            "payment_pending": _("a payment is on its way"),
            "outage": _("the router does not answer"),
            "never_cut": _("the policy cuts nobody off"),
            "no_cutoff_day": _("not a day to cut off"),
            "never_suspended": _("never suspended"),
            "outside_hours": _("outside the hours for cutting off"),
        }.get(reason, reason.replace("_", " "))
    )


def days_overdue(due: date | None, on: date) -> int:
    """Return how many days past its due date something is."""
    return max((on - due).days, 0) if due else 0


def count_of_days(days: int) -> str:
    """Write a number of days."""
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": formats.number(days)}


def _share(explanation: Mapping[str, Any]) -> list[Fact]:
    start, end = (date.fromisoformat(explanation[key]) for key in ("start", "end"))
    facts = [{"label": _("Days billed"), "value": period(start, end)}]
    if not explanation["whole"]:
        whole = explanation["period"]
        facts.append(
            {
                "label": _("Billing period they lie in"),
                "value": period(
                    date.fromisoformat(whole["start"]), date.fromisoformat(whole["end"])
                ),
            }
        )
        if explanation["method"] == "share":
            facts.append({"label": _("Divided by"), "value": _divisor(explanation)})
            facts.append(
                {
                    "label": _("Share of the price"),
                    "value": f"{explanation['days']} ÷ {explanation['divisor']}"
                    f" = {explanation['ratio']}",
                }
            )
    facts.append(
        {"label": _("Price of a period"), "value": formats.money(Decimal(explanation["price"]))}
    )
    facts.append({"label": _("Arithmetic"), "value": arithmetic(explanation)})
    rounding = explanation["rounding"]
    if not explanation["whole"]:
        facts.append(
            {
                "label": _("Rounding"),
                "value": _(
                    "The share to %(ratio)s decimals, the amount to %(money)s, both half-up."
                )
                % {"ratio": rounding["ratio_decimals"], "money": rounding["decimals"]},
            }
        )
    return facts


def _divisor(explanation: Mapping[str, Any]) -> str:
    days = count_of_days(int(explanation["divisor"]))
    return {
        "anchor": _("%(days)s: the real length of the billing period"),
        "fixed30": _("%(days)s: every month counts as 30 days"),
        "calendar": _("%(days)s: the length of the calendar month"),
    }.get(explanation["policy"], "%(days)s") % {"days": days}


def _tax_name() -> str:
    return Company.current().tax_name
