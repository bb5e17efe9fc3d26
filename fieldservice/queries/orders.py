"""Which jobs somebody may see, and finding them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from fieldservice.models import FieldFile, SwapRequest, Visit, WorkOrder
from fieldservice.rules import lifecycle
from ispbill.accounts.access import branch_scope, may
from ispbill.accounts.models import User
from network.models import Access

MOST_CACHED = 60
FILES_LATE = timedelta(days=3)


def visible_to(user: User) -> QuerySet[WorkOrder]:
    """Return the jobs a person may see: technicians their own, staff those of their branch."""
    if user.role == User.Role.TECHNICIAN:
        return WorkOrder.objects.filter(technician=user)
    if not may(user, "field.view"):
        return WorkOrder.objects.none()
    branch_id = branch_scope(user)
    found = WorkOrder.objects.all()
    return found if branch_id is None else found.filter(branch_id=branch_id)


def ever_given_to(user: User) -> QuerySet[WorkOrder]:
    """Return the jobs a technician was ever given: what their phone still sends belongs to one."""
    return WorkOrder.objects.filter(technician_ids__contains=[user.pk])


def customer_ids(user: User) -> list[int]:
    """Return the customers whose rows a technician's pages may read: those of their open jobs."""
    mine = WorkOrder.objects.filter(technician=user).exclude(state__in=["CANCELLED", "PENDING"])
    return sorted(set(mine.order_by("-window_start").values_list("customer_id", flat=True)[:600]))


def technicians(user: User) -> QuerySet[User]:
    """Return the technicians a dispatcher may send."""
    found = User.objects.filter(role=User.Role.TECHNICIAN, is_active=True).order_by("name", "pk")
    branch_id = branch_scope(user)
    if branch_id is None:
        return found
    return found.filter(Q(branch_id=branch_id) | Q(branch__isnull=True))


def listed(
    visible: QuerySet[WorkOrder], *, states: tuple[str, ...] = (), text: str = "", kind: str = ""
) -> QuerySet[WorkOrder]:
    """Return jobs for a list, what comes next first; `text` is a number, name or address."""
    found = visible.select_related("customer", "technician")
    if states:
        found = found.filter(state__in=states)
    if kind:
        found = found.filter(kind=kind)
    for word in text.split():
        found = found.filter(
            Q(number__icontains=word)
            | Q(customer__search_text__contains=word.lower())
            | Q(address__icontains=word)
            | Q(technician__name__icontains=word)
        )
    return found.order_by("window_start", "priority", "pk")


def counts(visible: QuerySet[WorkOrder]) -> dict[str, int]:
    """Return how many jobs are in each state."""
    rows = visible.order_by().values_list("state").annotate(n=Count("pk"))
    return {**dict.fromkeys(WorkOrder.State.values, 0), **dict(rows)}


def attention(visible: QuerySet[WorkOrder], at: datetime) -> QuerySet[WorkOrder]:
    """Return jobs that wait for the office: failed, late, with an effect or photos that wait."""
    return visible.filter(
        Q(state=lifecycle.FAILED)
        | Q(state__in=[lifecycle.ASSIGNED, lifecycle.EN_ROUTE], window_end__lt=at)
        | Q(effect_state=WorkOrder.Effect.WAITING)
        | Exists(late_files(at).filter(action__order=OuterRef("pk")))
    )


def late_files(at: datetime) -> QuerySet[FieldFile]:
    """Return photos that were announced three days ago and have not come."""
    return FieldFile.objects.filter(
        complete_at__isnull=True, given_up_at__isnull=True, announced_at__lte=at - FILES_LATE
    )


def day_of_technician(
    user: User, *, start: datetime, end: datetime, since: datetime
) -> list[WorkOrder]:
    """Return a technician's jobs with a window in `[start, end)`, and older ones not finished."""
    mine = visible_to(user).filter(
        Q(window_start__gte=start, window_start__lt=end)
        | Q(state__in=lifecycle.SENT_OUT, window_start__gte=since, window_start__lt=start)
    )
    mine = mine.exclude(state__in=[lifecycle.CANCELLED, lifecycle.PENDING])
    rows = mine.select_related("customer", "customer__area", "subscription__package")
    rows = rows.prefetch_related("visits__photos", "visits__materials")
    return list(rows.order_by("window_start", "priority", "pk")[:MOST_CACHED])


def past_visits(jobs: Sequence[WorkOrder], *, most: int = 3) -> dict[int, list[Visit]]:
    """Return the last visits to each job's customer before it, newest first, by the job's id."""
    customers = {job.customer_id for job in jobs}
    found = Visit.objects.filter(customer_id__in=customers).exclude(result=Visit.Result.UNDER_WAY)
    past = list(found.select_related("order").order_by("-pk")[: MOST_CACHED * 10])
    return {
        job.pk: [
            one for one in past if one.customer_id == job.customer_id and one.order_id < job.pk
        ][:most]
        for job in jobs
    }


def with_lines(jobs: Sequence[WorkOrder]) -> set[int]:
    """Return which of these jobs have a line on a router, by id."""
    services = {job.subscription_id for job in jobs if job.subscription_id}
    lines = Access.objects.filter(subscription_id__in=services)
    present = set(lines.exclude(desired_state="REMOVED").values_list("subscription_id", flat=True))
    return {job.pk for job in jobs if job.subscription_id in present}


def swaps_asked(jobs: Sequence[WorkOrder], technician: User) -> set[int]:
    """Return for which of these jobs a technician waits to be told who takes them over, by id."""
    mine = SwapRequest.objects.filter(order__in=jobs, technician=technician)
    return set(mine.filter(state=SwapRequest.State.OPEN).values_list("order_id", flat=True))


def bounds(on: date, days: int, zone: Any) -> tuple[datetime, datetime]:
    """Return the first moment of a company day, and that of the day `days` later."""
    start = datetime(on.year, on.month, on.day, tzinfo=zone)
    after = on + timedelta(days=days)
    return start, datetime(after.year, after.month, after.day, tzinfo=zone)
