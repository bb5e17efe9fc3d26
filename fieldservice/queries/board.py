"""The board of a day: each technician's jobs in order, what does not fit, and the pile."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from fieldservice.models import WorkOrder
from fieldservice.queries import absences, orders, working_days
from fieldservice.rules import distances, planning
from fieldservice.rules.planning import Hours, Planned, Stop
from ispbill.accounts.models import User
from ispbill.core import clock

MOST = 300


@dataclass(frozen=True)
class Card:
    """A job on the board, with what does not fit of it in words."""

    order: WorkOrder
    arrival: datetime | None
    travel_minutes: int
    faults: list[str]


@dataclass(frozen=True)
class Column:
    """A technician's day."""

    technician: User
    cards: list[Card]
    minutes: int
    is_away: bool = False
    hours: Hours = planning.USUAL


def day(user: User, on: date) -> tuple[list[Column], list[WorkOrder]]:
    """Return everybody's jobs of a company day, and the jobs nobody has been given."""
    start, end = orders.bounds(on, 1, clock.zone())
    visible = orders.visible_to(user).select_related("customer", "customer__area")
    todays = list(
        visible.filter(window_start__gte=start, window_start__lt=end)
        .exclude(state__in=["CANCELLED", "PENDING"])
        .order_by("window_start", "priority", "pk")[:MOST]
    )
    people = list(orders.technicians(user))
    away = set(absences.of_days(on, on + timedelta(days=1)).values_list("technician_id", flat=True))
    said = working_days.of_people(people)
    columns = []
    for person in people:
        own = [order for order in todays if order.technician_id == person.pk]
        hours = working_days.on_day(said, person.pk, on)
        columns.append(_column(person, own, hours, is_away=person.pk in away))
    pile = visible.filter(state__in=["PENDING", "FAILED"]).order_by("priority", "created_at")
    return columns, list(pile[:MOST])


def faults(order: WorkOrder, technician: User, start: datetime, end: datetime) -> list[str]:
    """Return in words what would not fit if a technician were given a job for this window."""
    zone = clock.zone()
    first, last = orders.bounds(start.astimezone(zone).date(), 1, zone)
    others: QuerySet[WorkOrder] = WorkOrder.objects.filter(
        technician=technician, window_start__gte=first, window_start__lt=last
    ).exclude(state__in=["CANCELLED", "PENDING", "FAILED"])
    jobs = [_planned(one) for one in others.exclude(pk=order.pk)]
    wanted = Planned(
        order.number,
        start.astimezone(zone),
        end.astimezone(zone),
        order.planned_minutes,
        order.priority,
        distances.point(order.latitude, order.longitude),
    )
    found = []
    hours = working_days.hours(technician, start.astimezone(zone).date())
    for stop in planning.day_of([*jobs, wanted], hours):
        is_own = stop.job.number == order.number
        if is_own or stop.late_minutes:
            found += words(stop, is_own=is_own)
    return found


def words(stop: Stop, *, is_own: bool = True) -> list[str]:
    """Say what does not fit of a stop."""
    said = []
    values = {"number": stop.job.number, "minutes": stop.late_minutes}
    if stop.late_minutes:
        said.append(_("%(number)s would be %(minutes)d minutes late.") % values)
    if stop.is_overtime and is_own:
        said.append(_("%(number)s would go beyond working hours.") % values)
    if stop.overlaps and is_own:
        listed = ", ".join(stop.overlaps)
        said.append(_("Its window overlaps with %(numbers)s.") % {"numbers": listed})
    return said


def _column(person: User, own: list[WorkOrder], hours: Hours, *, is_away: bool) -> Column:
    by_number = {order.number: order for order in own}
    stops = planning.day_of([_planned(order) for order in own], hours)
    cards = [
        Card(by_number[stop.job.number], stop.arrival, stop.travel_minutes, words(stop))
        if not by_number[stop.job.number].is_over
        else Card(by_number[stop.job.number], None, 0, [])
        for stop in stops
    ]
    minutes = sum(order.planned_minutes for order in own)
    return Column(person, cards, minutes, is_away, hours)


def _planned(order: WorkOrder) -> Planned:
    zone = clock.zone()
    assert order.window_start is not None  # noqa: S101 - only jobs with a window stand in a day
    assert order.window_end is not None  # noqa: S101
    return Planned(
        order.number,
        order.window_start.astimezone(zone),
        order.window_end.astimezone(zone),
        order.planned_minutes,
        order.priority,
        distances.point(order.latitude, order.longitude),
    )
