"""Note the days of a service that are not billed as usual, beside the change that makes them so."""

from collections.abc import Iterable
from datetime import date

from psycopg.types.range import DateRange

from billing.pricing.models import DayException
from customers.models import Subscription
from ispbill.core.acts import Act

Days = tuple[date, date]


def note(*, subscription: Subscription, kind: str, days: Iterable[Days], act: Act) -> None:
    """Write down stretches `[start, end)` beside the change that makes them; empty ones not."""
    DayException.objects.bulk_create(
        DayException(
            subscription=subscription,
            customer_id=subscription.customer_id,
            kind=kind,
            span=DateRange(start, end),
            reason=act.reason,
            at=act.at,
            by_id=act.actor.pk if act.actor is not None else None,
        )
        for start, end in days
        if start < end
    )
