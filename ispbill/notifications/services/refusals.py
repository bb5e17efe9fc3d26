"""Of which single events a customer does not want to hear. What must be told is not chosen here."""

from collections.abc import Collection
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from ispbill.notifications.models import EventRefusal
from ispbill.notifications.rules import wishes


def of(customer_id: int) -> frozenset[str]:
    """Return the events a customer refuses."""
    rows = EventRefusal.objects.filter(customer_id=customer_id, event__in=wishes.CHOOSABLE)
    return frozenset(rows.values_list("event", flat=True))


def of_each() -> ArraySubquery:
    """What `of` returns, as a column of a question about customers."""
    mine = EventRefusal.objects.filter(customer_id=OuterRef("pk"), event__in=wishes.CHOOSABLE)
    return ArraySubquery(mine.order_by("event").values("event"))


def choose(*, customer_id: int, refused: Collection[str], at: datetime) -> frozenset[str]:
    """Keep which events a customer refuses; what cannot be refused is left out. Returns those kept.

    The caller holds the customer.
    """
    wanted = wishes.CHOOSABLE.intersection(refused)
    before = of(customer_id)
    EventRefusal.objects.filter(customer_id=customer_id).exclude(event__in=wanted).delete()
    EventRefusal.objects.bulk_create(
        EventRefusal(customer_id=customer_id, event=event, at=at)
        for event in sorted(wanted - before)
    )
    return wanted
