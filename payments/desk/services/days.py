"""Close a branch's cash of a day: every shift signed, the figures kept, the day locked for good."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from billing.tills.models import DayClose
from ispbill.accounts.models import Branch, User
from ispbill.audit.services import events, trail
from ispbill.core import clock, formats, statements
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from payments.desk.queries import day_close as facts


class NotReady(DomainError):
    """A shift of the day is not signed, or the day is not one that can be closed."""


@transaction.atomic
def close(*, branch: Branch, day: date, note: str, act: Act[User]) -> DayClose:
    """Close the cash of a branch up to and with a company date; cash that comes later counts for
    the next day.

    Waits for whoever is moving cash of the branch. Raises Stale when it is closed already,
    NotReady for a day to come and while a shift of the day is not signed.
    """
    trail.begin(act=act.because(note.strip()))
    # Lock.
    statements.run("SELECT billing_lock_cash(%s, true)", [branch.pk])
    # Decide.
    through = facts.closed_through(branch.pk)
    _refuse(branch, day, through=through, today=clock.local_date(act.at))
    # Change.
    sheet = facts.sheet(branch, after=through, day=day)
    try:
        with transaction.atomic():
            closing = DayClose.objects.create(
                branch=branch,
                day=day,
                after_day=through,
                move_count=sheet.move_count,
                moved_amount=sheet.moved_amount,
                safe_amount=sheet.safe_after,
                figures=sheet.as_figures(),
                note=note.strip(),
                closed_at=act.at,
                closed_by=act.actor,
            )
    except IntegrityError as error:
        raise Stale(_("The day changed meanwhile. Look at it again.")) from error
    # Trail.
    events.record(
        act=act.because(note.strip()),
        action="day.closed",
        target=closing,
        label=f"{branch.code} {day}",
        branch_id=branch.pk,
        after={
            "moves": closing.move_count,
            "moved": closing.moved_amount,
            "safe": closing.safe_amount,
        },
    )
    return closing


def _refuse(branch: Branch, day: date, *, through: date | None, today: date) -> None:
    """Raise what speaks against closing `day`; `through` is the last day that is closed."""
    if through is not None and day <= through:
        raise Stale(
            _("The cash of %(branch)s is closed up to %(day)s already.")
            % {"branch": branch.name, "day": formats.day(through)}
        )
    if day > today:
        raise NotReady(_("This day has not come yet."))
    waiting = facts.unsigned(branch.pk, day)
    if waiting:
        names = ", ".join(f"{shift.person} ({shift.number})" for shift in waiting)
        raise NotReady(_("First count and sign: %(names)s.") % {"names": names})
