"""Words for the lists behind figures."""

from datetime import date
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from customers.models import Subscription
from ispbill.core import formats
from ispbill.reports.forms.period import Chosen
from ispbill.reports.queries.library import KINDS
from ispbill.reports.queries.rows import AGES, MOVEMENTS, Row
from ispbill.reports.views.report import month_name


def title(what: str) -> str:
    """Return the heading of a figure's list; those of the library have their name there."""
    words = {
        "new": _("New services"),
        "returned": _("Customers who came back"),
        "resumed": _("Services back on"),
        "expansion": _("Services that cost more"),
        "contraction": _("Services that cost less"),
        "churned": _("Services cancelled while in use"),
        "paused": _("Services switched off"),
        "moved_in": _("Services that moved in"),
        "moved_out": _("Services that moved out"),
        "in_use": _("Services that count"),
        "paused_services": _("Services switched off at the end"),
        "customers": _("Paying customers"),
        "came_back": _("Customers who left and came back"),
        "away": _("Customers away, not final"),
        "other": _("Other entries on receivables"),
        "not_due": _("Owed, not due yet"),
        "due_30": _("Owed, 1 to 30 days past due"),
        "due_60": _("Owed, 31 to 60 days past due"),
        "due_90": _("Owed, 61 to 90 days past due"),
        "due_older": _("Owed, over 90 days past due"),
        "late_7": _("Owed, 1 to 7 days past due"),
        "late_30": _("Owed, 8 to 30 days past due"),
        "late_60": _("Owed, 31 to 60 days past due"),
        "late_older": _("Owed, over 60 days past due"),
        "owed": _("Owed in all"),
        "cohort": _("Customers left of a cohort"),
        "forecast": _("Bills to come"),
    }
    return words[what] if what in words else str(KINDS[what].name)


def explained(what: str, chosen: Chosen, month: date | None) -> str:
    """Say of which days the list is."""
    if what == "cohort" and month is not None:
        return _("Began in %(month)s, still customers at the end of %(day)s") % {
            "month": month_name(month),
            "day": formats.day(chosen.until),
        }
    if what == "forecast" and month is not None:
        return _("Planned for %(month)s, amounts without tax") % {"month": month_name(month)}
    if what == "away":
        return _("Without a service in use for less than thirty days")
    if what in (*AGES, "owed", "in_use", "paused_services", "customers", "cohort"):
        return _("At the end of %(day)s") % {"day": formats.day(chosen.until)}
    return _("%(since)s to %(until)s") % {
        "since": formats.day(chosen.since),
        "until": formats.day(chosen.until),
    }


def before_head(what: str) -> str:
    """Return what the column beside the amount is."""
    if what == "forecast":
        return _("With tax")
    return _("Before, a month") if what in MOVEMENTS else _("Total")


def row(found: Row) -> dict[str, Any]:
    """Return a row with the addresses of what it is about."""
    about = found.about
    if found.kind == "leaving":
        about = str(Subscription.Leaving(about).label) if about else ""
    return {
        "row": found,
        "about": about,
        "customer_url": _address("staff_customers:customer", found.customer_number),
        "about_url": {
            "invoice": lambda: _address("staff_billing:invoice", found.about),
            "payment": lambda: _address("staff_payments:detail", found.about),
            "credit_note": lambda: _address("staff_billing:credit-note", found.about),
        }.get(found.kind, lambda: "")(),
    }


def _address(name: str, value: str) -> str:
    try:
        return reverse(name, args=[value]) if value else ""
    except NoReverseMatch:
        return ""
