"""Windows, the order of a technician's day, and what does not fit in it. Minutes and moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from fieldservice.rules.distances import Point, travel_minutes

OPENS, CLOSES = time(9), time(18)
REST_WEEKDAYS = frozenset({4})  # Friday
SHORTEST_WINDOW, LONGEST_WINDOW = timedelta(minutes=30), timedelta(hours=8)

MINUTES = {
    "INSTALLATION": 90,
    "RELOCATION": 90,
    "REPAIR": 60,
    "MAINTENANCE": 60,
    "SURVEY": 45,
    "DISCONNECTION": 30,
}
"""How long a job of each kind takes unless somebody says otherwise."""


@dataclass(frozen=True)
class Hours:
    """From when to when somebody works on a day (company time); the same twice is a free day."""

    opens: time
    closes: time

    @property
    def minutes(self) -> int:
        return (self.closes.hour - self.opens.hour) * 60 + self.closes.minute - self.opens.minute

    def covers(self, start: time, end: time) -> bool:
        """Tell whether somebody is at work all the time between two hours."""
        return self.minutes > 0 and self.opens <= start and end <= self.closes


USUAL, FREE = Hours(OPENS, CLOSES), Hours(time(0), time(0))


def usual_hours(weekday: int) -> Hours:
    """Return when technicians work on a day of the week (Monday is 0) unless they say otherwise."""
    return FREE if weekday in REST_WEEKDAYS else USUAL


@dataclass(frozen=True)
class Planned:
    """A job of a day: its window (company time), how long it takes, where."""

    number: str
    start: datetime
    end: datetime
    minutes: int
    priority: int = 2
    point: Point | None = None


@dataclass(frozen=True)
class Stop:
    """A job in the order of the day, with what does not fit."""

    job: Planned
    travel_minutes: int
    arrival: datetime
    finish: datetime
    late_minutes: int
    is_overtime: bool
    overlaps: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        return not (self.late_minutes or self.is_overtime or self.overlaps)


def window_fault(start: datetime, end: datetime) -> str:
    """Return why a window (company time) is none: "day", "short", "long", or ""."""
    if end.date() != start.date() or end <= start:
        return "day"
    if end - start < SHORTEST_WINDOW:
        return "short"
    return "long" if end - start > LONGEST_WINDOW else ""


def day_of(jobs: Sequence[Planned], hours: Hours | None = None) -> list[Stop]:
    """Return one technician's day in order, with arrivals, lateness, overtime and overlaps.

    All jobs lie on one day, in company time; `hours` are the technician's, else the usual ones.
    The way to the first is not counted.
    """
    ordered = sorted(jobs, key=lambda job: (job.start, job.priority, job.number))
    stops: list[Stop] = []
    for job in ordered:
        works = hours or usual_hours(job.start.weekday())
        opens = datetime.combine(job.start.date(), works.opens, tzinfo=job.start.tzinfo)
        closes = datetime.combine(job.start.date(), works.closes, tzinfo=job.start.tzinfo)
        before = stops[-1] if stops else None
        way = travel_minutes(before.job.point, job.point) if before else 0
        reached = before.finish + timedelta(minutes=way) if before else opens
        arrival = max(job.start, reached, opens)
        finish = arrival + timedelta(minutes=job.minutes)
        late = max(0, int((arrival - job.end).total_seconds() // 60))
        is_overtime = finish > closes
        overlaps = tuple(
            other.number
            for other in ordered
            if other is not job and other.start < job.end and job.start < other.end
        )
        stops.append(Stop(job, way, arrival, finish, late, is_overtime, overlaps))
    return stops
