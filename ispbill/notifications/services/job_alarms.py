"""Tell owner and network staff that a job of the timetable has failed for good."""

from datetime import datetime

from django.db import transaction

from ispbill.accounts.models import User
from ispbill.audit.models import JobRun
from ispbill.audit.services import slots
from ispbill.notifications.services import compose
from ispbill.schedule import TIMETABLE

TOLD = (User.Role.OWNER, User.Role.NOC)


def tell(*, at: datetime) -> int:
    """Queue the messages about failed slots nobody was told of; return how many are new.

    Each slot is told once, by e-mail and SMS, at any hour.
    """
    failed = slots.untold().order_by("pk")
    return sum(_tell(pk, at=at) for pk in failed.values_list("pk", flat=True))


@transaction.atomic
def _tell(pk: int, *, at: datetime) -> int:
    if not JobRun.objects.filter(pk=pk, alarmed_at__isnull=True).update(alarmed_at=at):
        return 0
    run = JobRun.objects.get(pk=pk)
    why = {row.job: row.why for row in TIMETABLE}.get(run.job, "")
    queued = 0
    for person in User.objects.filter(role__in=TOLD, is_active=True).order_by("pk"):
        queued += compose.enqueue(
            compose.to_person(
                person,
                {"subject": run.job, "text": why, "reason": run.error[:160]},
                fact=f"{run.pk}:{run.fence}",
            ),
            event="job_failed",
            at=at,
            channels=("SMS", "EMAIL"),
            is_urgent=True,
        )
    return queued
