"""What items of the inbox say of the customer they are about."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customers.models import Customer
from ispbill.core import clock, formats
from ispbill.inbox.queries.sources import Fact, Urgency


def cost(row: Any) -> str:
    """Say what waiting costs the customer of a ranked row (`urgency.ranked`), "" where nothing."""
    if row.is_off:
        return _("line is off")
    if row.urgency == Urgency.DAY_NEAR and isinstance(row.due_on, date):
        words = _("late since %(day)s") if row.due_on < clock.today() else _("due %(day)s")
        return words % {"day": formats.day(row.due_on, get_language() or "en")}
    return ""


def about(*parts: str) -> str:
    """Join what is known about an item into one line, leaving out what is empty."""
    return " · ".join(part for part in parts if part)


def whose(customer: Customer) -> Fact:
    """Name the customer, with the way to their page."""
    return Fact(
        _("Customer"), customer.name, reverse("staff_customers:customer", args=[customer.number])
    )
