"""Make what happened into messages for the addresses that chose it, a set at a time."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from billing.invoices.models import Invoice
from ispbill.core import clock
from ispbill.webhooks.models import Delivery, Endpoint, Occurrence
from ispbill.webhooks.queries import bodies
from ispbill.webhooks.rules import events

BATCH = 200
KEPT = timedelta(days=30)
_OVERDUE_FOR = timedelta(days=3)  # longer ago is no news; covers a machine that was off


def spread(*, at: datetime) -> int:
    """Turn everything noted and committed into deliveries; return how many were made."""
    note_overdue(at=at)
    made = 0
    while (batch := _batch(at)) is not None:
        made += batch
    return made


@transaction.atomic
def _batch(at: datetime) -> int | None:
    """Spread one batch; None when nothing is left. Two at once take different rows."""
    new = Occurrence.objects.select_for_update(skip_locked=True).filter(spread_at=None)
    rows = list(new.order_by("pk")[:BATCH])
    if not rows:
        return None
    told = list(Endpoint.objects.filter(off_at=None))
    found = [one for row in rows for one in _deliveries(row, told, clock.local_date(at))]
    made = Delivery.objects.bulk_create(found)
    Occurrence.objects.filter(pk__in=[row.pk for row in rows]).update(spread_at=clock.real_now())
    return len(made)


def _deliveries(row: Occurrence, told: list[Endpoint], on: date) -> list[Delivery]:
    asked = [one for one in told if row.event in one.events]
    shape = bodies.data(row, on=on) if asked else None
    if shape is None:
        return []
    now = clock.real_now()
    return [
        Delivery(
            endpoint=one,
            message=row.key,
            event=row.event,
            body=bodies.written(
                row, shape if one.includes_personal else bodies.without_person(shape)
            ),
            next_try_at=now,
            created_at=now,
        )
        for one in asked
    ]


@transaction.atomic
def note_overdue(*, at: datetime) -> int:
    """Note the bills whose last day has passed unpaid, once each; return how many."""
    told = Endpoint.objects.filter(off_at=None, events__contains=[events.OVERDUE])
    if not told.select_for_update().exists():  # two at once would note them twice
        return 0
    today = clock.local_date(at)
    noted = Occurrence.objects.filter(event=events.OVERDUE, object_id=OuterRef("pk"))
    late = Invoice.objects.filter(
        status=Invoice.Status.OPEN,
        amount_due__gt=0,
        due_date__lt=today,
        due_date__gte=today - _OVERDUE_FOR,
    ).exclude(Exists(noted))
    rows = [
        Occurrence(event=events.OVERDUE, object_id=pk, at=at)
        for pk in late.values_list("pk", flat=True)
    ]
    return len(Occurrence.objects.bulk_create(rows, batch_size=1000))


def forget() -> int:
    """Remove what was told longer ago than the log is kept; return the rows."""
    before = clock.real_now() - KEPT
    old = Delivery.objects.filter(created_at__lt=before).exclude(state=Delivery.State.WAITING)
    gone, _each = old.delete()
    spent, _each = Occurrence.objects.filter(spread_at__lt=before).delete()
    return gone + spent
