"""Rows of the list made ready for the page: words and badges once, not tag by tag.

Rendering a badge through an included template costs more than finding the customer; a page has
hundreds of cells (performance.md B).
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers.forms.customer import shown_phone
from customers.models import Package, Subscription
from ispbill.core import badges, formats

_MARK = "CT-0000-00000"


def prepare(rows: Iterable[dict[str, Any]], *, on: date) -> list[dict[str, Any]]:
    """Add to each row what the table shows of it; `on` is the company's date."""
    language = translation.get_language() or "en"
    page = reverse("staff_customers:customer", args=[_MARK])
    menu = reverse("staff_customers:row-menu", args=[_MARK])
    return [
        row
        | _services(row["services"])
        | {
            "url": page.replace(_MARK, row["number"]),
            "menu_url": menu.replace(_MARK, row["number"]),
            "phone_shown": shown_phone(row["phone"]),
            "status_badge": badge(row["status"], "account", language),
            "churn_badge": badge(row["churn_risk"], "churn", language),
            "balance": balance(row["standing__balance_amount"]),
            "due": _due(row["standing__oldest_due_date"], on, language),
            "next_bill": _day(row["standing__next_billing_date"], language),
        }
        for row in rows
    ]


def balance(amount: Decimal | None) -> SafeString:
    """Say a balance in words, as everywhere: never plus or minus."""
    owed = amount or Decimal(0)
    if owed > 0:
        words = _("You owe %(amount)s") % {"amount": formats.money(owed)}
        return format_html('<span class="balance balance-owed">{}</span>', words)
    if owed < 0:
        words = _("Overpaid %(amount)s (credit)") % {"amount": formats.money(-owed)}
        return format_html('<span class="balance balance-credit">{}</span>', words)
    return format_html('<span class="balance balance-settled">{}</span>', _("Settled"))


@cache
def badge(value: str, kind: str, language: str) -> str:
    """Return a status' badge as markup; there are a dozen in each language."""
    with translation.override(language):
        return render_to_string("ui/_badge.html", {"badge": badges.find(value, kind)})


def _services(services: list[dict[str, str]]) -> dict[str, Any]:
    names = Counter(service["package"] for service in services)
    first = next(iter(names), "")
    kinds = dict(Package.Technology.choices) | dict(Subscription.Technology.choices)
    return {
        "package": first,
        "more": len(services) - 1 if len(services) > 1 else 0,
        "technology": str(kinds.get(services[0]["technology"], "")) if services else "",
    }


def _due(due: date | None, on: date, language: str) -> str:
    if due is None:
        return "—"
    late = (on - due).days
    shown = _day(due, language)
    # Not inside the f-string: the texts are gathered by a tool that cannot see into one.
    lateness = _("%(n)d d late") % {"n": late}
    return f"{shown} · {lateness}" if late > 0 else shown


def _day(value: date | None, language: str) -> str:
    return "—" if value is None else formats.day(value, language)
