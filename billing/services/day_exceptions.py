"""Note the days of a service that are not billed as usual, beside the change that makes them so."""

from collections.abc import Iterable
from datetime import date, datetime

from psycopg.types.range import DateRange

from billing.models import DayException
from customers.models import Subscription
from ispbill.core.actors import Actor

Days = tuple[date, date]


def note(
    *,
    subscription: Subscription,
    kind: str,
    days: Iterable[Days],
    at: datetime,
    actor: Actor | None,
    reason: str = "",
) -> None:
    """Write down stretches `[start, end)` beside the change that makes them; empty ones not."""
    DayException.objects.bulk_create(
        DayException(
            subscription=subscription,
            customer_id=subscription.customer_id,
            kind=kind,
            span=DateRange(start, end),
            reason=reason,
            at=at,
            by_id=actor.pk if actor is not None else None,
        )
        for start, end in days
        if start < end
    )
