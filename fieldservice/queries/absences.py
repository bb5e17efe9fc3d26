"""Who is not at work on which days."""

from datetime import date, timedelta

from django.db.models import QuerySet
from psycopg.types.range import DateRange

from fieldservice.models import Absence, WorkOrder
from fieldservice.queries import orders
from ispbill.accounts.models import User
from ispbill.core import clock


def visible_to(user: User) -> QuerySet[Absence]:
    """Return the absences of the technicians a dispatcher may send."""
    people = orders.technicians(user).values("pk")
    return Absence.objects.filter(withdrawn_at=None, technician__in=people)


def of_days(first: date, after: date) -> QuerySet[Absence]:
    """Return the absences that touch the days from `first` up to `after`."""
    return Absence.objects.filter(withdrawn_at=None, span__overlap=DateRange(first, after))


def is_away(technician: User, on: date) -> bool:
    """Tell whether a technician is not at work on a company date."""
    return of_days(on, on + timedelta(days=1)).filter(technician=technician).exists()


def in_the_way(absence: Absence) -> QuerySet[WorkOrder]:
    """Return the jobs somebody was given for days they are not there, to be given to others."""
    start, _end = orders.bounds(absence.span.lower, 1, clock.zone())
    end, _after = orders.bounds(absence.span.upper, 1, clock.zone())
    found = WorkOrder.objects.filter(
        technician=absence.technician,
        state=WorkOrder.State.ASSIGNED,
        window_start__gte=start,
        window_start__lt=end,
    )
    return found.order_by("window_start", "pk")
