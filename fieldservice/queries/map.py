"""The points of a day: jobs where they are, technicians where they were last."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from fieldservice.models import Visit, WorkOrder
from fieldservice.queries import orders
from ispbill.accounts.models import User
from ispbill.core import clock

MOST = 500


@dataclass(frozen=True)
class Seen:
    """Where a technician arrived last on that day."""

    technician: User
    visit: Visit
    at: datetime


def jobs(user: User, on: date) -> list[WorkOrder]:
    """Return the jobs of a company day, and those nobody has been given, in a list's order."""
    start, end = orders.bounds(on, 1, clock.zone())
    found = orders.visible_to(user).filter(
        Q(window_start__gte=start, window_start__lt=end)
        | Q(state__in=["PENDING", "FAILED"], window_start__isnull=True)
    )
    found = found.exclude(state="CANCELLED").select_related("customer", "technician")
    return list(found.order_by("window_start", "priority", "pk")[:MOST])


def seen(user: User, on: date) -> list[Seen]:
    """Return where each technician arrived last on a company day; nobody is followed between."""
    start, end = orders.bounds(on, 1, clock.zone())
    visits = Visit.objects.filter(
        order__in=orders.visible_to(user),
        arrived_at__gte=start,
        arrived_at__lt=end,
        latitude__isnull=False,
    )
    last = visits.order_by("technician_id", "-arrived_at").distinct("technician_id")
    return [
        Seen(one.technician, one, one.arrived_at)
        for one in last.select_related("technician", "order")
        if one.arrived_at is not None
    ]
