"""First-time fix and duration of jobs, by technician and kind."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Count, Exists, F, OuterRef, Q, QuerySet

from fieldservice.models import Visit, WorkOrder
from fieldservice.rules import distances

PROOF = timedelta(days=14)


@dataclass(frozen=True)
class Row:
    """The figures of one technician; `duration` from arrival to the end of the work."""

    name: str
    completed: int
    failed: int
    counted: int
    first_time: int
    duration: timedelta | None
    far: int

    @property
    def first_time_percent(self) -> int | None:
        """Of the jobs old enough to tell."""
        return round(100 * self.first_time / self.counted) if self.counted else None


def by_technician(
    visible: QuerySet[WorkOrder], *, start: datetime, end: datetime, at: datetime
) -> list[Row]:
    """Return the figures of visits that ended in `[start, end)`.

    Fixed the first time: complete on visit 1, and no repair of the service asked for in the next
    14 days; jobs younger than that do not count.
    """
    again = WorkOrder.objects.filter(
        subscription=OuterRef("order__subscription"),
        kind=WorkOrder.Kind.REPAIR,
        created_at__gt=OuterRef("ended_at"),
        created_at__lte=OuterRef("ended_at") + PROOF,
    ).exclude(pk=OuterRef("order"))
    visits = Visit.objects.filter(
        order__in=visible, ended_at__gte=start, ended_at__lt=end
    ).annotate(came_again=Exists(again))
    done = Q(result=Visit.Result.COMPLETED)
    old = done & Q(ended_at__lte=at - PROOF)
    rows = (
        visits.order_by()
        .values("technician__name")
        .annotate(
            completed=Count("pk", filter=done),
            failed=Count("pk", filter=Q(result=Visit.Result.FAILED)),
            counted=Count("pk", filter=old),
            first_time=Count("pk", filter=old & Q(visit_no=1, came_again=False)),
            duration=Avg(F("ended_at") - F("arrived_at"), filter=done),
            far=Count("pk", filter=Q(distance_m__gt=F("accuracy_m") + distances.FAR_ABOVE_M)),
        )
        .order_by("technician__name")
    )
    return [
        Row(
            name=row["technician__name"],
            completed=row["completed"],
            failed=row["failed"],
            counted=row["counted"],
            first_time=row["first_time"],
            duration=row["duration"],
            far=row["far"],
        )
        for row in rows
    ]
