"""What the company lays down about tickets: promises, hours, teams, replies kept for use again."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import Branch, User
from ispbill.audit.services import events, trail
from ispbill.core import jobs
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from tickets.models import CannedReply, Category, OpeningHours, SlaPolicy, Team, TeamMember, Ticket
from tickets.rules import moves
from tickets.rules.sla import Spans
from tickets.services import clocks, desk

_NAMES: dict[type[models.Model], str] = {
    SlaPolicy: "sla_policy",
    CannedReply: "canned_reply",
    Team: "team",
}
Row = TypeVar("Row", bound=models.Model)


class AlreadyThere(DomainError):
    """There is one of these already."""


def save_policy(*, row: SlaPolicy, values: Mapping[str, Any], act: Act[User]) -> SlaPolicy:
    """Agree on how soon we answer; it holds for clocks that start from now on.

    Raises ReasonMissing, AlreadyThere for a second policy of the same columns.
    """
    act = act.because(trail.required_reason(act.reason))
    return _saved(row, values, act=act, taken=_("There is a promise for these columns already."))


@transaction.atomic
def remove_policy(*, row: SlaPolicy, act: Act[User]) -> None:
    """Take a promise away; what runs stays as it is. Raises ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    events.record(act=act, action="sla_policy.removed", target=row)
    row.delete()


def save_reply(*, row: CannedReply, values: Mapping[str, Any], act: Act[User]) -> CannedReply:
    """Keep a reply for use again. Raises AlreadyThere for a second one of the title."""
    return _saved(row, values, act=act, taken=_("There is a reply with this title already."))


@transaction.atomic
def save_team(
    *,
    row: Team,
    values: Mapping[str, Any],
    categories: Sequence[Category],
    people: Sequence[User],
    act: Act[User],
) -> Team:
    """Say who answers for which categories; whoever stays keeps the place in the turn.

    Raises AlreadyThere for a second team of the name.
    """
    row = _saved(row, values, act=act, taken=_("There is a team of this name already."))
    row.categories.set(categories)
    row.members.exclude(user__in=people).delete()
    TeamMember.objects.bulk_create(
        [TeamMember(team=row, user=person) for person in people], ignore_conflicts=True
    )
    return row


@transaction.atomic
def set_hours(*, branch: Branch | None, week: Mapping[int, Spans], act: Act[User]) -> None:
    """Set when the house (None) or a branch is open, by weekday; what runs is due anew.

    Raises ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    rows = OpeningHours.objects.filter(branch=branch)
    rows.delete()
    OpeningHours.objects.bulk_create(
        [
            OpeningHours(branch=branch, weekday=weekday, opens_minute=opens, closes_minute=closes)
            for weekday, spans in week.items()
            for opens, closes in spans
        ]
    )
    about = events.Target(
        type="openinghours",
        id=str(branch.pk if branch else 0),
        label=branch.name if branch else _("Company"),
        branch_id=branch.pk if branch else None,
    )
    events.note(about, act=act, action="opening_hours.set")
    jobs.after_commit("tickets.recalculate", branch_id=branch.pk if branch else None)


def recalculate(*, branch_id: int | None, act: Act) -> int:
    """Set anew what runs at a branch (None: all) once hours have changed; return how many."""
    live = Ticket.objects.filter(state__in=moves.LIVE)
    if branch_id is not None:
        live = live.filter(branch_id=branch_id)
    keys = list(live.order_by("pk").values_list("pk", flat=True))
    for pk in keys:
        with transaction.atomic():
            ticket = desk.begin(Ticket(pk=pk), act=act)
            before = ticket.next_due_at
            clocks.recalculate(ticket)
            if ticket.next_due_at != before:
                ticket.save(update_fields=clocks.DUE_FIELDS)
                desk.note(ticket, "due_moved", act=act)
    return len(keys)


def _saved(row: Row, values: Mapping[str, Any], *, act: Act[User], taken: str) -> Row:
    for name, value in values.items():
        setattr(row, name, value)
    is_new = row.pk is None
    try:
        with transaction.atomic():
            trail.begin(act=act)
            row.save()
            what = "added" if is_new else "changed"
            action = f"{_NAMES[type(row)]}.{what}"
            events.record(act=act, action=action, target=row, branch_id=None)
    except IntegrityError as error:
        raise AlreadyThere(taken) from error
    return row
