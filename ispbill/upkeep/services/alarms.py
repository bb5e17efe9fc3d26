"""Watch the conditions, ring when one is not well, and say when it is over.

Every look is a statement on a locked row: two watchers ring once. What is told goes through the
outbox, and therefore not at all while the database is away; HEARTBEAT_URL is for that hour.
"""

from dataclasses import fields
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.formats import duration
from ispbill.core.models import Company
from ispbill.notifications.models import Message
from ispbill.notifications.services import compose
from ispbill.notifications.services.compose import Letter
from ispbill.notifications.services.job_alarms import TOLD
from ispbill.upkeep.models import Alarm
from ispbill.upkeep.queries import condition_words, conditions
from ispbill.upkeep.queries.conditions import Condition
from ispbill.upkeep.rules import alarms as rules
from ispbill.upkeep.rules.alarms import Known, Look, Tell

# Each failed job is told of by itself, with its name (`notifications.services.job_alarms`).
_TOLD_ELSEWHERE = frozenset({"jobs failed"})
# Counted, not measured: one look is enough.
_SURE = frozenset({"findings of the proofs"})
_MORNING = time(9, 0)  # company's time: warnings are repeated
_FIELDS = [field.name for field in fields(Known)]


class NotOpen(DomainError):
    """The alarm is over; nobody need take it on."""


def watch(*, at: datetime, real_at: datetime) -> dict[str, int]:
    """Look at every condition; return how many alarms were told of, by what was told."""
    told: dict[str, int] = {}
    open_now = set(Alarm.objects.filter(closed_at=None).values_list("condition", flat=True))
    for condition in conditions.conditions(at=at, real_at=real_at):
        # The usual case costs no statement: it is well, and was.
        is_quiet = condition.level == conditions.OK and condition.name not in open_now
        if is_quiet or condition.name in _TOLD_ELSEWHERE:
            continue
        tell = _look(condition, at=at, real_at=real_at)
        if tell:
            told[tell.value] = told.get(tell.value, 0) + 1
    return told


@transaction.atomic
def take_on(*, alarm: Alarm, hours: int, act: Act[User]) -> Alarm:
    """Keep an alarm silent for some hours (at most 24), with a reason; it still shows.

    Raises ReasonMissing, NotOpen.
    """
    act = act.because(trail.required_reason(act.reason))
    alarm = Alarm.objects.select_for_update().get(pk=alarm.pk)
    if not alarm.is_open:
        raise NotOpen(_("It is over by itself."))
    wanted = min(timedelta(hours=hours), rules.SILENT_AT_MOST)
    alarm.silent_until = clock.real_now() + wanted
    alarm.taken_by, alarm.taken_reason = act.actor, act.reason
    alarm.save(update_fields=["silent_until", "taken_by", "taken_reason"])
    events.record(act=act, action="alarm.taken_on", target=alarm, label=alarm.condition)
    return alarm


@transaction.atomic
def _look(condition: Condition, *, at: datetime, real_at: datetime) -> Tell:
    alarm = (
        Alarm.objects.select_for_update(of=("self",))
        .filter(condition=condition.name)
        .order_by("-pk")
        .first()
    )
    look = Look(
        at=real_at,
        is_well=condition.level == conditions.OK,
        is_critical=condition.level == conditions.CRITICAL,
        is_sure=condition.name in _SURE,
        morning=_last_morning(real_at),
    )
    before = _known(alarm) if alarm else None
    after, tell = rules.judge(before, look)
    if after is None:
        if alarm is not None:
            alarm.delete()
        return tell
    if after == before and look.is_well:
        return tell
    alarm = _kept(alarm, after, condition)
    if tell:
        _ring(alarm, condition, tell, at=at)
    return tell


def _kept(alarm: Alarm | None, after: Known, condition: Condition) -> Alarm:
    """Write what is known into the row of the alarm, or into a new one when that is long over."""
    if alarm is None or (alarm.closed_at is not None and after.seen_at != alarm.seen_at):
        alarm = Alarm(condition=condition.name)
    for name in _FIELDS:
        setattr(alarm, name, getattr(after, name))
    alarm.save()
    return alarm


def _known(alarm: Alarm) -> Known:
    return Known(**{name: getattr(alarm, name) for name in _FIELDS})


def _last_morning(real_at: datetime) -> datetime:
    local = real_at.astimezone(clock.zone())
    morning = datetime.combine(local.date(), _MORNING, tzinfo=clock.zone())
    return morning if morning <= local else morning - timedelta(days=1)


def _ring(alarm: Alarm, condition: Condition, tell: Tell, *, at: datetime) -> None:
    """Tell owner and network staff: by e-mail, of what is critical by SMS as well."""
    channels = ["EMAIL", "SMS"] if alarm.is_critical and tell != Tell.AGAIN else ["EMAIL"]
    for person in User.objects.filter(role__in=TOLD, is_active=True).order_by("pk"):
        language = person.language or Company.current().default_language
        context = _context(alarm, condition, tell, language)
        fact = f"{alarm.pk}:{alarm.times}:{tell}:{alarm.told_at:%Y%m%d%H%M}"
        letter = compose.to_person(person, context, fact=fact, language=language)
        for channel in channels:
            _queue(letter, person, channel, tell, at=at)


def _context(alarm: Alarm, condition: Condition, tell: Tell, language: str) -> dict[str, str]:
    """Return what is said of an alarm, in a person's language."""
    with translation.override(language):
        title, advice = condition_words.WORDS[condition.name]
        level = _("Critical") if alarm.is_critical else _("Warning")
        if tell == Tell.OVER:
            began = alarm.opened_at or alarm.seen_at
            lasted = duration((alarm.well_since or began) - began, language)
            return {"subject": str(title), "text": str(advice), "reason": lasted}
        figure = condition_words.figure(condition, condition.figure)
        return {"subject": f"{level}: {title}", "text": str(advice), "reason": figure}


def _queue(letter: Letter, person: User, channel: str, tell: Tell, *, at: datetime) -> None:
    """Queue one message; when somebody had many within the hour, one for all that follow."""
    event = "alarm_over" if tell == Tell.OVER else "alarm"
    lately = Message.objects.filter(
        event="alarm", user_id=person.pk, channel=channel, created_at__gt=at - timedelta(hours=1)
    ).count()
    if event == "alarm" and lately >= rules.MOST_AN_HOUR:
        open_now = Alarm.objects.filter(opened_at__isnull=False, closed_at=None).count()
        letter = compose.to_person(
            person, {"count": str(open_now)}, fact=f"{at:%Y%m%d%H}", language=letter.language
        )
        event = "alarm_digest"
    compose.enqueue(letter, event=event, at=at, channels=(channel,), is_urgent=True)
