"""Who has a ticket: by hand, in turn, or nobody until somebody is free."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from ispbill.accounts.access import may
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from tickets.models import Category, Team, TeamMember, Ticket
from tickets.rules import moves, rotation
from tickets.rules.rotation import Member
from tickets.services import announcing, desk

AWAY_HOURS = 4
"""So long somebody may be away before tickets without an answer go to others."""


class NotAssignable(DomainError):
    """Nobody may be given a ticket they cannot work on."""


def team_for(category: Category, branch_id: int) -> Team | None:
    """Return the team that answers for a category at a branch: its own before that of all."""
    teams = Team.objects.filter(is_active=True, categories=category).filter(
        Q(branch_id=branch_id) | Q(branch__isnull=True)
    )
    return teams.order_by("branch_id", "pk").first()  # nulls last


def give(ticket: Ticket, *, act: Act) -> User | None:
    """Give a locked ticket to the member of its team whose turn it is; None: nobody is free.

    Somebody who has another live ticket of the customer comes first. The team is locked, so that
    two tickets of one moment go to two people.
    """
    if ticket.team_id is None:
        return None
    team = Team.objects.select_for_update().get(pk=ticket.team_id)
    if team.mode != Team.Mode.ROUND_ROBIN:
        return None
    members = _members(team)
    chosen = _same_person(ticket, members) or rotation.turn(members)
    if chosen is None:
        return None
    ticket.assignee = User.objects.get(pk=chosen)
    ticket.save(update_fields=["assignee"])
    TeamMember.objects.filter(team=team, user_id=chosen).update(last_auto_at=act.at)
    announcing.given(ticket, act=act)
    return ticket.assignee


@transaction.atomic
def assign(*, ticket: Ticket, to: User | None, act: Act[User]) -> Ticket:
    """Give a ticket to somebody by hand, or put it back. Raises NotAssignable, WrongState."""
    ticket = desk.begin(ticket, act=act)
    if not ticket.is_live:
        raise desk.wrong(ticket)
    if to is not None and not (to.is_active and may(to, "tickets.work")):
        raise NotAssignable(_("%(who)s does not work on tickets.") % {"who": to.name})
    if to == ticket.assignee:  # the same list sent again
        return ticket
    before = ticket.assignee.name if ticket.assignee else None
    ticket.assignee = to
    ticket.save(update_fields=["assignee"])
    after = to.name if to else None
    desk.note(ticket, "assigned", act=act, before={"who": before}, after={"who": after})
    announcing.given(ticket, act=act)
    return ticket


@transaction.atomic
def move_to_team(*, ticket: Ticket, team: Team, act: Act[User]) -> Ticket:
    """Let another team answer; it goes round there. Raises WrongState."""
    ticket = desk.begin(ticket, act=act)
    if not ticket.is_live:
        raise desk.wrong(ticket)
    ticket.team, ticket.assignee = team, None
    ticket.save(update_fields=["team", "assignee"])
    give(ticket, act=act)
    desk.note(ticket, "assigned", act=act, after={"team": team.name})
    return ticket


@transaction.atomic
def set_away(*, user: User, is_away: bool, act: Act[User]) -> None:
    """Let nobody be given tickets while away; whoever comes back is given what waits."""
    if is_away:
        TeamMember.objects.filter(user=user, away_since__isnull=True).update(away_since=act.at)
        return
    TeamMember.objects.filter(user=user).update(away_since=None)
    hand_out(act=Act(None, act.at))


@transaction.atomic
def hand_out(*, act: Act) -> int:
    """Give what nobody has to whoever is free, what is due first before the rest; return how many.

    Tickets of people who are gone, or away for more than four hours without having answered, are
    given back before.
    """
    _give_back(act=act)
    waiting = Ticket.objects.filter(
        assignee__isnull=True,
        team__mode=Team.Mode.ROUND_ROBIN,
        team__is_active=True,
        state__in=moves.WORKED,
    )
    given = 0
    for ticket in waiting.order_by("next_due_at", "pk").select_for_update(of=("self",)):
        if give(ticket, act=act) is not None:
            given += 1
            desk.note(ticket, "assigned", act=act, after={"who": str(ticket.assignee)})
    return given


def _give_back(*, act: Act) -> None:
    gone = Q(assignee__is_active=False)
    away = Q(
        assignee__team_memberships__away_since__lt=act.at - timedelta(hours=AWAY_HOURS),
        state__in=[moves.OPEN, moves.REOPENED],
    )
    found = Ticket.objects.filter(state__in=moves.LIVE).filter(gone | away)
    for ticket in found.order_by("pk").distinct():
        locked = desk.begin(ticket, act=act)
        before = locked.assignee.name if locked.assignee else None
        locked.assignee = None
        locked.save(update_fields=["assignee"])
        desk.note(locked, "assigned", act=act, before={"who": before}, after={"who": None})


def _members(team: Team) -> list[Member]:
    rows = team.members.filter(user__is_active=True).order_by("pk")
    live = dict(
        Ticket.objects.filter(assignee__in=rows.values("user"), state__in=moves.WORKED)
        .values("assignee")
        .annotate(n=Count("pk"))
        .values_list("assignee", "n")
    )
    return [
        Member(row.user_id, live.get(row.user_id, 0), row.away_since is not None, row.last_auto_at)
        for row in rows
    ]


def _same_person(ticket: Ticket, members: Iterable[Member]) -> int | None:
    """Return who has another live ticket of this customer, if that one is free."""
    others = Ticket.objects.filter(
        customer_id=ticket.customer_id, state__in=moves.LIVE, assignee__isnull=False
    ).exclude(pk=ticket.pk)
    known = set(others.values_list("assignee_id", flat=True))
    return rotation.turn([one for one in members if one.pk in known]) if known else None
