"""Where a service stands in its billing."""

from datetime import date

from billing.invoices.models import Schedule
from customers.models import Subscription


def billed_until(subscription: Subscription) -> date | None:
    """Return the first day not billed yet, or None before the first bill."""
    return (
        Schedule.objects.filter(subscription=subscription)
        .values_list("billed_until", flat=True)
        .first()
    )


def next_unbilled(subscription: Subscription, *, on: date) -> date:
    """Return the first day no bill has covered: from the company date `on` at the earliest."""
    until = billed_until(subscription)
    return until if until is not None and until > on else on
