"""What billing has to say about one customer: invoices, and what is billed next."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef

from billing.invoices.models import Schedule
from billing.pricing.queries import outlook
from billing.pricing.queries.outlook import Outlook
from customers.models import Subscription, Suspension

_unbilled = Suspension.objects.filter(
    subscription=OuterRef("pk"), ended_at__isnull=True, is_billed=False
)


@dataclass(frozen=True)
class Coming:
    """The next bill of one service; no outlook while it is frozen or prepaid."""

    subscription: Subscription
    issued_on: date | None
    outlook: Outlook | None

    @property
    def total(self) -> Decimal:
        return self.outlook.total.gross if self.outlook else Decimal(0)


def coming(customer_id: int, *, on: date) -> list[Coming]:
    """Return the next bill of each living service, the soonest first."""
    schedules = (
        Schedule.objects.filter(customer_id=customer_id, billed_until__isnull=False)
        .exclude(subscription__status=Subscription.Status.CANCELLED)
        .select_related("subscription__customer", "subscription__package")
        .annotate(is_frozen=Exists(_unbilled))
        .order_by("billed_until", "pk")
    )
    found = []
    for schedule in schedules:
        service = schedule.subscription
        is_billed = service.mode == Subscription.Mode.POSTPAID and not schedule.is_frozen
        if schedule.billed_until is None or not is_billed:
            found.append(Coming(service, None, None))
            continue
        issued = max(outlook.run_date(schedule.billed_until), on)
        found.append(
            Coming(service, issued, outlook.next_bill(service, start=schedule.billed_until))
        )
    return found
