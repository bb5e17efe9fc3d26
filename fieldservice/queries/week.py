"""A week of all technicians: which jobs on which day, and how full the days are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fieldservice.models import Absence, WorkOrder
from fieldservice.queries import absences, orders, working_days
from fieldservice.rules.planning import USUAL, Hours
from ispbill.accounts.models import User
from ispbill.core import clock, rls

DAYS = 7
MOST = 1_500


@dataclass(frozen=True)
class Day:
    """A technician's day: the jobs by their windows, and the minutes they are planned for."""

    on: date
    orders: Sequence[WorkOrder]
    absence: Absence | None = None
    hours: Hours = USUAL

    @property
    def minutes(self) -> int:
        return sum(order.planned_minutes for order in self.orders)

    @property
    def is_too_full(self) -> bool:
        """Tell whether the work alone is longer than the day, ways not counted."""
        return self.minutes > self.hours.minutes


@dataclass(frozen=True)
class Line:
    """A technician's week."""

    technician: User
    days: Sequence[Day]

    @property
    def minutes(self) -> int:
        return sum(day.minutes for day in self.days)


def monday(on: date) -> date:
    """Return the first day of a day's week."""
    return on - timedelta(days=on.weekday())


def of(user: User, first: date) -> list[Line]:
    """Return everybody's week from its first day on, as far as a dispatcher may see."""
    given = _given(user, first)
    people = list(orders.technicians(user))
    return [Line(person, days) for person, days in _weeks(people, given, first).items()]


def own(technician: User, first: date) -> list[Day]:
    """Return a technician's own week from its first day on."""
    given = _given(technician, first)
    with rls.as_house():  # hours and absences are the office's tables
        return _weeks([technician], given, first)[technician]


_Given = dict[tuple[int | None, date], list[WorkOrder]]


def _given(user: User, first: date) -> _Given:
    """Return the jobs of a week by technician and day, as far as somebody may see them."""
    start, end = orders.bounds(first, DAYS, clock.zone())
    found = (
        orders.visible_to(user)
        .filter(window_start__gte=start, window_start__lt=end, technician__isnull=False)
        .exclude(state__in=[WorkOrder.State.CANCELLED, WorkOrder.State.PENDING])
        .select_related("customer", "customer__area")
        .order_by("window_start", "priority", "pk")[:MOST]
    )
    given: _Given = defaultdict(list)
    for order in found:
        if order.window_start is not None:
            given[(order.technician_id, clock.local_date(order.window_start))].append(order)
    return given


def _weeks(people: Sequence[User], given: _Given, first: date) -> dict[User, list[Day]]:
    days = [first + timedelta(days=number) for number in range(DAYS)]
    away = list(absences.of_days(first, first + timedelta(days=DAYS)))
    said = working_days.of_people(people)

    def day_of(person: User, day: date) -> Day:
        off = (one for one in away if one.technician_id == person.pk and day in one.span)
        hours = working_days.on_day(said, person.pk, day)
        return Day(day, given[(person.pk, day)], next(off, None), hours)

    return {person: [day_of(person, day) for day in days] for person in people}
