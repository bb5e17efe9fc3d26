"""Reports somebody gets by e-mail, week by week or month by month.

Each paper is made for its person, with the rights held then, once for each period: late is as good
as on time, and twice is once. What was sent stays as it was.
"""

from collections.abc import Collection
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from ispbill.accounts.access import branch_scope, may
from ispbill.accounts.models import Branch, User
from ispbill.audit.services import events, trail
from ispbill.core import clock, formats, sheets
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.notifications.services import compose
from ispbill.reports.models import ReportSchedule, SentReport
from ispbill.reports.queries import figures, library
from ispbill.reports.rules.periods import last_over


class NobodyToTell(DomainError):
    """A report needs somebody who sees reports and has an e-mail address."""


def readers() -> list[User]:
    """Return those a report may be sent to: who sees reports and has an e-mail address."""
    people = User.objects.filter(is_active=True).exclude(email="").order_by("name", "pk")
    return [one for one in people if may(one, "reports.view")]


@transaction.atomic
def plan(
    *, report: str, every: str, branch: Branch | None, people: Collection[User], act: Act[User]
) -> ReportSchedule:
    """Send a report again and again, from the next period that ends. Raises NobodyToTell."""
    trail.begin(act=act)
    known = {one.pk for one in readers()}
    told = [one for one in people if one.pk in known]
    if not told:
        raise NobodyToTell(_("Choose somebody who sees reports and has an e-mail address."))
    made = ReportSchedule.objects.create(
        report=report,
        every=every,
        branch=branch,
        begins_on=act.on,
        created_by=act.actor,
        created_at=act.at,
    )
    made.people.set(told)
    _note(made, "scheduled", act=act, after={"every": every, "people": len(told)})
    return made


@transaction.atomic
def end(*, schedule: ReportSchedule, act: Act[User]) -> ReportSchedule:
    """Send a report no more; what was sent stays. Twice is once."""
    trail.begin(act=act)
    schedule = ReportSchedule.objects.select_for_update().get(pk=schedule.pk)
    if schedule.ended_at is None:
        schedule.ended_at = act.at
        schedule.save(update_fields=["ended_at"])
        _note(schedule, "stopped", act=act)
    return schedule


def send_due(*, at: datetime) -> int:
    """Send what is due of the periods that were over last; return how many papers are new.

    A period whose figures are not built to its end waits.
    """
    on, state = clock.local_date(at), figures.state()
    sent = 0
    for one in ReportSchedule.objects.filter(ended_at=None).order_by("pk"):
        since, until = last_over(one.every, on)
        if until < one.begins_on or state is None or state.built_until < until:
            continue
        had = SentReport.objects.filter(schedule=one, since=since).values("person")
        for person in one.people.exclude(pk__in=had).order_by("pk"):
            sent += _send(one.pk, person, since, until, at=at)
    return sent


@transaction.atomic
def _send(pk: int, person: User, since: date, until: date, *, at: datetime) -> int:
    schedule = ReportSchedule.objects.select_for_update().get(pk=pk)
    if schedule.ended_at is not None or not _may_have(person, schedule):
        return 0
    if SentReport.objects.filter(schedule=schedule, person=person, since=since).exists():
        return 0
    own = branch_scope(person)
    branch_id = own if own is not None else schedule.branch_id
    with translation.override(person.language):
        title = str(library.KINDS[schedule.report].name)
        period = f"{formats.day(since)} – {formats.day(until)}"
        made = library.paper(schedule.report, since=since, until=until, branch_id=branch_id)
        content = sheets.xlsx(title, made.head, made.lines)
    paper = SentReport.objects.create(
        schedule=schedule,
        person=person,
        since=since,
        until=until,
        branch_id=branch_id,
        content=content,
        sent_at=at,
    )
    page = reverse("staff_reports:sent", args=[paper.pk])
    context = {"subject": title, "period": period, "report_url": settings.PUBLIC_URL + page}
    letter = compose.to_person(person, context, fact=f"report:{paper.pk}")
    compose.enqueue(letter, event="report_ready", at=at, channels=("EMAIL",))
    return 1


def _may_have(person: User, schedule: ReportSchedule) -> bool:
    """Tell whether a person still sees reports, of that branch too."""
    own = branch_scope(person)
    is_theirs = own is None or schedule.branch_id in (None, own)
    return person.is_active and bool(person.email) and may(person, "reports.view") and is_theirs


def _note(
    schedule: ReportSchedule, what: str, *, act: Act, after: dict[str, object] | None = None
) -> None:
    events.record(
        act=act,
        action=f"report.{what}",
        target=schedule,
        label=str(library.KINDS[schedule.report].name),
        after=after,
    )
