"""Starting a job of the timetable by hand."""

from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from ispbill.audit.models import AuditEvent, JobRun
from ispbill.audit.services import events, slots, trail
from ispbill.core import jobs, locks
from ispbill.core.actors import Actor
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.schedule import TIMETABLE


class NotInTimetable(DomainError):
    """Only jobs of the timetable can be started by hand."""


class StartedAlready(DomainError):
    """One run is enough: it is under way, or about to be."""


_ALIVE = timedelta(minutes=5)  # a run without a word for longer is dead
_ON_ITS_WAY = timedelta(minutes=1)  # from the button to the worker


@transaction.atomic
def start(*, job: str, act: Act[Actor]) -> None:
    """Queue a job of the timetable once, now.

    Raises NotInTimetable, ReasonMissing, and StartedAlready for the second of two who press it.

    Where its latest slot has failed or waits, that slot gets one more attempt at once; otherwise
    the job runs beside the timetable.
    """
    row = next((row for row in TIMETABLE if row.job == job), None)
    if row is None:
        raise NotInTimetable(job)
    act = act.because(trail.required_reason(act.reason))
    locks.hold(f"run-now:{row.job}")
    _refuse_second(row.job, at=act.at)
    events.note(
        events.Target(type="job", id=row.job, label=row.job), act=act, action="job.started_by_hand"
    )
    slot = slots.try_again(job=row.job, at=act.at)
    given = {"scheduled_for": slot.astimezone(UTC).isoformat()} if slot else {}
    jobs.after_commit(row.task, **given)


def _refuse_second(job: str, *, at: datetime) -> None:
    runs = JobRun.objects.filter(job=job)
    if runs.filter(status=JobRun.Status.RUNNING, heartbeat_at__gt=at - _ALIVE).exists():
        raise StartedAlready(_("This job is running already."))
    asked = AuditEvent.objects.filter(
        target_type="job", target_id=job, action="job.started_by_hand", at__gt=at - _ON_ITS_WAY
    ).last()
    if asked is not None and not runs.filter(started_at__gte=asked.at).exists():
        raise StartedAlready(_("Somebody has started this job a moment ago."))
