"""The windows a customer may still choose for a job."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from fieldservice.models import WorkOrder
from fieldservice.queries import absences, orders, working_days
from fieldservice.rules import slots
from fieldservice.rules.slots import Free
from ispbill.accounts.models import User
from ispbill.core import clock


@dataclass(frozen=True)
class Crew:
    """Who may work in a branch over some days: their hours, and who is away when."""

    people: list[User]
    own: working_days.Own
    away: frozenset[tuple[int, date]]

    def is_at_work(self, person_id: int, on: date, start: time, end: time) -> bool:
        """Tell whether somebody is there all the time of a slot."""
        if (person_id, on) in self.away:
            return False
        return working_days.on_day(self.own, person_id, on).covers(start, end)

    def working(self, on: date, start: time, end: time) -> int:
        """Return how many are there all the time of a slot."""
        return sum(self.is_at_work(one.pk, on, start, end) for one in self.people)


def free(order: WorkOrder, *, at: datetime) -> list[Free]:
    """Return the slots of the next two weeks with places left; the job's own place is not taken."""
    zone = clock.zone()
    days = slots.days_from(at.astimezone(zone).date())
    team = crew(order.branch_id, days[0], days[-1])
    taken = _starting(order, days[0], zone)
    found = []
    for on in days:
        for start, end in slots.SLOTS:
            working = team.working(on, start, end)
            places = slots.free_places(working=working, starting=taken[(on, start)])
            if places:
                found.append(Free(on, start, end, places))
    return found


def crew(branch_id: int, first: date, last: date) -> Crew:
    """Return the technicians of a branch with their hours and absences from `first` to `last`."""
    found = User.objects.filter(role=User.Role.TECHNICIAN, is_active=True)
    people = list(found.filter(Q(branch_id=branch_id) | Q(branch__isnull=True)).order_by("pk"))
    rows = absences.of_days(first, last + timedelta(days=1)).filter(technician__in=people)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    away = {(row.technician_id, on) for row in rows for on in days if on in row.span}
    return Crew(people, working_days.of_people(people), frozenset(away))


def _starting(order: WorkOrder, first: date, zone: ZoneInfo) -> Mapping[tuple[date, time], int]:
    """Return how many other jobs of the branch begin in each slot; wishes count too."""
    start, end = orders.bounds(first, slots.DAYS, zone)
    others = WorkOrder.objects.filter(
        branch_id=order.branch_id, window_start__gte=start, window_start__lt=end
    ).exclude(Q(state__in=["CANCELLED", "FAILED"]) | Q(pk=order.pk))
    found: Counter[tuple[date, time]] = Counter()
    for moment in others.values_list("window_start", flat=True):
        assert moment is not None  # noqa: S101 - filtered by it
        local = moment.astimezone(zone)
        for opens, closes in slots.SLOTS:
            if opens <= local.time() < closes:
                found[(local.date(), opens)] += 1
    return found
