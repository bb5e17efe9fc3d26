"""How each job did on each of the last days: its worst run of the day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Case, IntegerField, Max, Value, When
from django.db.models.functions import TruncDate

from ispbill.audit.models import JobRun

DAYS = 30
NONE, GOOD, PARTLY, FAILED = "none", "good", "partly", "failed"
_WORST = (NONE, GOOD, PARTLY, FAILED)


@dataclass(frozen=True)
class Marked:
    """The days of one job, oldest first: `none` where it did not run."""

    days: Sequence[tuple[date, str]]

    def count(self, mark: str) -> int:
        """Return on how many days the worst run was of this kind."""
        return sum(one == mark for _day, one in self.days)

    @property
    def counts(self) -> dict[str, int]:
        """Return the number of days by their worst run."""
        return {mark: self.count(mark) for mark in _WORST}


def marked(jobs: Sequence[str], *, at: datetime, zone: ZoneInfo) -> dict[str, Marked]:
    """Return the last days of each job up to a business moment, by company-local day."""
    last = at.astimezone(zone).date()
    first = last - timedelta(days=DAYS - 1)
    worst = Case(
        When(status__in=[JobRun.Status.FAILED, JobRun.Status.CANCELLED], then=Value(3)),
        When(status=JobRun.Status.PARTIAL, then=Value(2)),
        default=Value(1),
        output_field=IntegerField(),
    )
    rows = (
        JobRun.objects.filter(job__in=jobs, started_at__gte=at - timedelta(days=DAYS + 1))
        .annotate(day=TruncDate("started_at", tzinfo=zone))
        .values("job", "day")
        .annotate(mark=Max(worst))
    )
    found = {(row["job"], row["day"]): _WORST[row["mark"]] for row in rows}
    days = [first + timedelta(days=step) for step in range(DAYS)]
    return {job: Marked([(day, found.get((job, day), NONE)) for day in days]) for job in jobs}
