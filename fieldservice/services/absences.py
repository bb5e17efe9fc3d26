"""Enter that a technician is not at work, or that it was a mistake."""

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from fieldservice.models import Absence
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError

LONGEST_DAYS = 366


class DaysRefused(DomainError):
    """The days are in the wrong order, too many, or entered already."""


def enter(*, technician: User, first: date, last: date, reason: str, act: Act[User]) -> Absence:
    """Keep that a technician is away from the first to the last company date, both in it.

    Jobs they were given for these days stay theirs (`queries.absences.in_the_way`). Raises
    DaysRefused.
    """
    if last < first:
        raise DaysRefused(_("The last day comes before the first."))
    if (last - first).days >= LONGEST_DAYS:
        raise DaysRefused(_("An absence is a year at most."))
    try:
        with transaction.atomic():
            trail.begin(act=act)
            made = Absence.objects.create(
                technician=technician,
                span=DateRange(first, last + timedelta(days=1)),
                reason=reason.strip()[:200],
                entered_by=act.actor,
                entered_at=act.at,
            )
            _note(made, "entered", act=act)
    except IntegrityError as error:
        if "absence_days_once" not in str(error):
            raise
        raise DaysRefused(_("Some of these days are entered already.")) from error
    return made


@transaction.atomic
def withdraw(*, absence: Absence, act: Act[User]) -> Absence:
    """Take an absence back: they are at work after all. Twice is once."""
    trail.begin(act=act)
    absence = Absence.objects.select_for_update(of=("self",)).get(pk=absence.pk)
    if absence.withdrawn_at is None:
        absence.withdrawn_at = act.at
        absence.save(update_fields=["withdrawn_at"])
        _note(absence, "withdrawn", act=act)
    return absence


def _note(absence: Absence, what: str, *, act: Act[User]) -> None:
    events.record(
        act=act,
        action=f"absence.{what}",
        target=absence,
        label=absence.technician.name,
        branch_id=absence.technician.branch_id,
        after={"from": absence.span.lower, "until": absence.span.upper - timedelta(days=1)},
    )
