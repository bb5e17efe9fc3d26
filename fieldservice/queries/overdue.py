"""What of the field has waited too long: acts, receipt numbers, equipment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, Max, OuterRef, QuerySet

from customers.models import Subscription
from fieldservice.models import FieldAction, FieldFlag
from fieldservice.rounds.rules import numbers
from fieldservice.stock.models import SerialUnit, StockPlace
from ispbill.accounts.access import branch_scope, may
from ispbill.accounts.models import User
from ispbill.core import clock, statements

WAITS_FOR = timedelta(hours=24)  # an act for its predecessor, a receipt's number for its receipt
BACK_WITHIN = timedelta(days=14)  # after the last service ended
LOOKED_BACK = timedelta(days=90)  # of receipts
MOST_OF_A_GAP = 200

# Numbers between two known ones of a phone, since the later one came.
_GAPS = """
WITH known AS (
  SELECT device_id, substring(number from 9 for 5)::int AS counter, min(received_at) AS came
  FROM fieldservice_roundreceipt WHERE received_at >= %s GROUP BY 1, 2
), steps AS (
  SELECT *, lag(counter) OVER (PARTITION BY device_id ORDER BY counter) AS before FROM known
)
SELECT d.code, missing, p.name, p.branch_id, s.came
FROM steps s
JOIN fieldservice_rounddevice d ON d.id = s.device_id
JOIN accounts_user p ON p.id = d.person_id
CROSS JOIN LATERAL generate_series(s.before + 1, least(s.counter - 1, s.before + %s)) missing
WHERE s.counter > s.before + 1 AND s.came <= %s
ORDER BY d.code, missing
"""


@dataclass(frozen=True)
class Found:
    """One thing that waits; `number` is that of the job or the customer it leads to."""

    kind: str
    key: str
    branch_id: int | None
    what: str
    since: datetime
    number: str = ""


def visible_to(user: User) -> QuerySet[FieldFlag]:
    """Return the flags of those a manager answers for."""
    if not may(user, "field.decide"):
        return FieldFlag.objects.none()
    branch_id = branch_scope(user)
    found = FieldFlag.objects.all()
    return found if branch_id is None else found.filter(branch_id=branch_id)


def found(at: datetime) -> Iterator[Found]:
    """Return all that has waited too long at a moment."""
    yield from _acts(at)
    yield from _receipts(at)
    yield from _equipment(at)


def _acts(at: datetime) -> Iterator[Found]:
    waiting = FieldAction.objects.filter(
        outcome=FieldAction.Outcome.WAITING, received_at__lte=at - WAITS_FOR
    )
    for row in waiting.select_related("order", "technician").order_by("pk"):
        what = f"{row.order.number}, {row.technician.name}"
        key, branch = str(row.action_id), row.order.branch_id
        yield Found("WAITING_ACT", key, branch, what, row.received_at, row.order.number)


def _receipts(at: datetime) -> Iterator[Found]:
    rows = statements.read(_GAPS, [at - LOOKED_BACK, MOST_OF_A_GAP, at - WAITS_FOR])
    for code, counter, name, branch_id, came in rows:
        yield Found("MISSING_RECEIPT", numbers.written(code, counter), branch_id, name, came)


def _equipment(at: datetime) -> Iterator[Found]:
    """Return lent pieces of customers whose last service ended a fortnight ago."""
    services = Subscription.objects.filter(customer=OuterRef("place__customer"))
    units = SerialUnit.objects.filter(place__kind=StockPlace.Kind.CUSTOMER)
    units = units.filter(~Exists(services.exclude(status=Subscription.Status.CANCELLED)))
    units = units.annotate(ended_on=Max("place__customer__subscriptions__cancelled_on"))
    units = units.filter(ended_on__lte=clock.local_date(at) - BACK_WITHIN)
    for unit in units.select_related("item", "place__customer").order_by("pk"):
        customer = unit.place.customer
        if customer is None:
            continue
        since = clock.midnight(unit.ended_on)
        what = f"{unit.item.name} {unit.serial}, {customer.name}"[:120]
        key = f"{unit.pk}:{customer.pk}"
        yield Found("EQUIPMENT_OUT", key, customer.branch_id, what, since, customer.number)
