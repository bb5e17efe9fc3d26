"""How a customer found it: asked after a resolution by staff, answered once, looked into if low."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from customers.services import facts
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from tickets.models import SupportSettings, Survey, Ticket
from tickets.queries import answers, opinions
from tickets.services import announcing, apart, reopening

LINK_DAYS = 14
_NOT_ASKED = (Ticket.Cause.NO_ANSWER, Ticket.Cause.MERGED, Ticket.Cause.OUTAGE, Ticket.Cause.SPAM)


class AlreadyAnswered(DomainError):
    """A survey is answered once."""


class Expired(DomainError):
    """The link is older than fourteen days."""


class Anonymous(DomainError):
    """What was said without a name leads to no ticket."""


@dataclass(frozen=True)
class Answer:
    """What a customer says: stars 1 to 5, perhaps how likely they recommend us (0 to 10)."""

    stars: int
    comment: str = ""
    nps: int | None = None


def offer(ticket: Ticket, *, act: Act) -> Survey | None:
    """Ask about a ticket that has just been resolved; None where nobody is asked.

    A reopened ticket that was not answered about is asked about anew. Within seven days of another
    question to the customer no message goes out; the portal asks all the same.
    """
    if ticket.cause in _NOT_ASKED or opinions.refuses(ticket.customer_id):
        return None
    known = Survey.objects.filter(ticket=ticket).first()
    if known is not None and known.is_answered:
        return None
    is_quiet = _asked_lately(ticket, at=act.at)
    values = {
        "customer_id": ticket.customer_id,
        "asked_at": act.at,
        "expires_at": act.at + timedelta(days=LINK_DAYS),
        "resolver_id": ticket.resolved_by_id,
        "team_id": ticket.team_id,
        "category_id": ticket.category_id,
        "area_id": ticket.area_id,
        "branch_id": ticket.branch_id,
        "asks_nps": not _asked_nps(ticket, at=act.at),
        "is_anonymous": SupportSettings.current().survey_anonymous,
    }
    survey, _made = Survey.objects.update_or_create(ticket=ticket, defaults=values)
    if not is_quiet:
        announcing.asked(survey, ticket, at=act.at)
    return survey


@transaction.atomic
def answer(*, survey: Survey, given: Answer, act: Act) -> Survey:
    """Keep what a customer has said, once. Raises AlreadyAnswered, Expired."""
    trail.begin(act=act)
    survey = (
        Survey.objects.select_for_update(of=("self",)).select_related("ticket").get(pk=survey.pk)
    )
    if survey.is_answered:
        raise AlreadyAnswered(_("You have already answered. Thank you."))
    if act.at > survey.expires_at:
        raise Expired(_("This link is too old. Thank you all the same."))
    row = apart.row_for(survey, act=act)
    row.stars, row.comment = given.stars, given.comment.strip()[:2000]
    row.nps = given.nps if survey.asks_nps else None
    row.save()
    if survey.customer_id is None or survey.is_anonymous:
        return row
    mean, score = answers.standing(survey.customer_id)
    facts.note_satisfaction(survey.customer_id, satisfaction=mean, nps=score)
    _note(survey, "answered", act=act, after={"stars": survey.stars})
    return row


@transaction.atomic
def follow_up(*, survey: Survey, act: Act[User]) -> Survey:
    """Keep that somebody has looked into a low score."""
    trail.begin(act=act)
    survey = (
        Survey.objects.select_for_update(of=("self",)).select_related("ticket").get(pk=survey.pk)
    )
    if survey.followed_up_at is None:
        survey.followed_up_at, survey.followed_up_by = act.at, act.actor
        survey.save(update_fields=["followed_up_at", "followed_up_by"])
        _note(survey, "followed_up", act=act)
    return survey


@transaction.atomic
def reopen(*, survey: Survey, act: Act[User]) -> Ticket:
    """Open the ticket of a low score again. Raises Anonymous, and what `reopening.reopen` does."""
    if survey.ticket is None:
        raise Anonymous(_("Nobody knows which ticket this was about."))
    ticket = reopening.reopen(ticket=survey.ticket, act=act)
    follow_up(survey=survey, act=act)
    return ticket


def _asked_lately(ticket: Ticket, *, at: datetime) -> bool:
    others = Survey.objects.filter(customer_id=ticket.customer_id).exclude(ticket=ticket)
    since = at - timedelta(days=opinions.PAUSE_DAYS)
    if others.filter(asked_at__gt=since).exists():
        return True
    return opinions.was_asked_since(ticket.customer_id, since)


def _asked_nps(ticket: Ticket, *, at: datetime) -> bool:
    since = opinions.months_before(at, SupportSettings.current().opinion_months)
    others = Survey.objects.filter(customer_id=ticket.customer_id, asks_nps=True)
    if others.exclude(ticket=ticket).filter(asked_at__gt=since).exists():
        return True
    return opinions.was_asked_since(ticket.customer_id, since)


def _note(survey: Survey, what: str, *, act: Act, after: dict[str, object] | None = None) -> None:
    events.record(
        act=act,
        action=f"survey.{what}",
        target=survey,
        label=survey.ticket.number if survey.ticket is not None else "",
        after=after,
    )
