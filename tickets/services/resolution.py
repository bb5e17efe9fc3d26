"""How a ticket ends, is set to another priority, or waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from tickets.models import Category, Comment, Ticket
from tickets.rules import moves
from tickets.services import announcing, clocks, conversation, desk, surveys

Cause = Ticket.Cause
_WORKS = gettext_lazy("It works now.")
_GAVE_UP = gettext_lazy("We have heard nothing for a week and take it that all is well.")
_MOST_TAGS = 10
_SAVED = [
    *clocks.DUE_FIELDS,
    "state",
    "waiting_since",
    "reminded_at",
    "unanswered_since",
    "resolved_at",
    "resolved_by",
    "cause",
]


class NotSpam(DomainError):
    """Only what came by e-mail can be spam: a sender's address is easily forged."""


@transaction.atomic
def start(*, ticket: Ticket, act: Act[User]) -> Ticket:
    """Begin to work on a ticket; whoever starts what nobody has takes it. Raises WrongState."""
    ticket = desk.begin(ticket, act=act)
    if ticket.state not in (moves.OPEN, moves.REOPENED):
        raise desk.wrong(ticket)
    desk.move(ticket, moves.IN_PROGRESS)
    if ticket.assignee_id is None:
        ticket.assignee = act.actor
    ticket.save(update_fields=["state", "assignee"])
    desk.note(ticket, "started", act=act)
    return ticket


@transaction.atomic
def resume(*, ticket: Ticket, act: Act[User]) -> Ticket:
    """Go on with what waits for the customer. Raises WrongState."""
    ticket = desk.begin(ticket, act=act)
    if not ticket.is_waiting:
        raise desk.wrong(ticket)
    conversation.resume_locked(ticket, act=act)
    ticket.save(update_fields=_SAVED)
    desk.note(ticket, "resumed", act=act, after={"state": ticket.state})
    return ticket


@transaction.atomic
def resolve(*, ticket: Ticket, cause: str, text: str, act: Act[User]) -> Ticket:
    """Say that it is solved, how, and why it was; the customer is told and asked.

    Raises TextMissing, WrongState.
    """
    text = desk.said(text)
    ticket = desk.begin(ticket, act=act)
    if not ticket.is_live:
        raise desk.wrong(ticket)
    conversation.say(ticket, text, by=Comment.By.STAFF, act=act)
    _end(ticket, cause=cause, act=act, is_answer=True)
    announcing.resolved(ticket, text, at=act.at)
    surveys.offer(ticket, act=act)
    return ticket


@transaction.atomic
def works_again(*, ticket: Ticket, act: Act[User]) -> Ticket:
    """End a ticket because its customer says that it works. Raises WrongState."""
    ticket = desk.begin(ticket, act=act)
    if not ticket.is_live:
        raise desk.wrong(ticket)
    conversation.say_ours(ticket, _WORKS, by=Comment.By.CUSTOMER, act=act)
    _end(ticket, cause=Cause.CUSTOMER, act=act, is_answer=False)
    return ticket


@transaction.atomic
def close_as_spam(*, ticket: Ticket, act: Act[User]) -> Ticket:
    """Close what came by e-mail under a customer's address and is none of theirs; nothing is sent.

    Raises ReasonMissing, NotSpam, WrongState.
    """
    act = act.because(trail.required_reason(act.reason))
    ticket = desk.begin(ticket, act=act)
    if ticket.channel != Ticket.Channel.EMAIL:
        raise NotSpam(_("%(number)s did not come by e-mail.") % {"number": ticket.number})
    if not ticket.is_live:
        raise desk.wrong(ticket)
    desk.move(ticket, moves.CLOSED)
    clocks.void(ticket, at=act.at)
    ticket.cause, ticket.closed_at = Cause.SPAM, act.at
    ticket.waiting_since = ticket.reminded_at = None
    ticket.save(update_fields=[*_SAVED, "closed_at"])
    desk.note(ticket, "closed", act=act, after={"cause": Cause.SPAM})
    announcing.over(ticket, act=act)
    return ticket


@transaction.atomic
def tag(*, ticket: Ticket, add: Sequence[str], remove: Sequence[str], act: Act[User]) -> Ticket:
    """Put tags on a ticket and take others off; at most ten. Raises WrongState."""
    ticket = desk.begin(ticket, act=act)
    if ticket.is_closed:
        raise desk.wrong(ticket)
    before = ticket.tags
    left = [one for one in before if one not in remove]
    ticket.tags = list(dict.fromkeys([*left, *add]))[:_MOST_TAGS]
    if ticket.tags != before:
        ticket.save(update_fields=["tags"])
        desk.note(ticket, "tagged", act=act, before={"tags": before}, after={"tags": ticket.tags})
    return ticket


@dataclass(frozen=True)
class Sorting:
    """What a ticket is, as staff put it in order."""

    category: Category
    priority: str
    subject: str
    tags: list[str]


@transaction.atomic
def sort(*, ticket: Ticket, to: Sorting, act: Act[User]) -> Ticket:
    """Change category, priority, subject or tags; the clocks follow, what was used stays used.

    A lower priority needs a reason. Raises ReasonMissing, WrongState.
    """
    ticket = desk.begin(ticket, act=act)
    if ticket.is_closed:
        raise desk.wrong(ticket)
    before = {"category": ticket.category.code, "priority": ticket.priority}
    is_lowered = clocks.is_more_urgent(ticket, to.priority)
    if is_lowered:
        act = act.because(trail.required_reason(act.reason))
    was = ticket.priority
    ticket.category, ticket.priority = to.category, to.priority
    ticket.subject, ticket.tags = to.subject.strip()[:160] or ticket.subject, to.tags
    after = {"category": ticket.category.code, "priority": ticket.priority}
    if before != after:
        clocks.rematch(ticket, at=act.at, is_more_urgent=clocks.is_more_urgent(ticket, was))
    ticket.save(update_fields=[*clocks.DUE_FIELDS, "category", "priority", "subject", "tags"])
    desk.note(ticket, "sorted", act=act, before=before, after=after)
    return ticket


def remind_and_give_up(*, act: Act) -> int:
    """Remind customers we wait for on day three, resolve on day seven; return how many."""
    waiting = Ticket.objects.filter(state=moves.WAITING_CUSTOMER)
    late = waiting.filter(waiting_since__lte=act.at - timedelta(days=moves.GIVE_UP_AFTER_DAYS))
    quiet = waiting.filter(
        reminded_at__isnull=True,
        waiting_since__lte=act.at - timedelta(days=moves.REMIND_AFTER_DAYS),
    )
    done = sum(_give_up(pk, act=act) for pk in late.order_by("pk").values_list("pk", flat=True))
    rest = quiet.order_by("pk").values_list("pk", flat=True)
    return done + sum(_remind(pk, act=act) for pk in rest)


def close_old(*, act: Act) -> int:
    """Close what was resolved more than seven days ago; return how many."""
    before = act.at - timedelta(days=moves.REOPEN_DAYS)
    rows = Ticket.objects.filter(state=moves.RESOLVED, resolved_at__lt=before).order_by("pk")
    return sum(_close(pk, act=act) for pk in rows.values_list("pk", flat=True))


@transaction.atomic
def _remind(pk: int, *, act: Act) -> int:
    ticket = desk.begin(Ticket(pk=pk), act=act)
    if not ticket.is_waiting or ticket.reminded_at is not None:
        return 0
    ticket.reminded_at = act.at
    ticket.save(update_fields=["reminded_at"])
    announcing.reminded(ticket, at=act.at)
    desk.note(ticket, "reminded", act=act)
    return 1


@transaction.atomic
def _give_up(pk: int, *, act: Act) -> int:
    ticket = desk.begin(Ticket(pk=pk), act=act)
    if not ticket.is_waiting:
        return 0
    said = conversation.say_ours(ticket, _GAVE_UP, by=Comment.By.SYSTEM, act=act)
    _end(ticket, cause=Cause.NO_ANSWER, act=act, is_answer=False)
    announcing.resolved(ticket, said.text, at=act.at)
    return 1


@transaction.atomic
def _close(pk: int, *, act: Act) -> int:
    ticket = desk.begin(Ticket(pk=pk), act=act)
    is_due = ticket.is_resolved and ticket.resolved_at is not None
    if not is_due or moves.may_reopen(ticket.resolved_at, on=act.on, zone=clock.zone()):  # type: ignore[arg-type]
        return 0
    desk.move(ticket, moves.CLOSED)
    ticket.closed_at = act.at
    ticket.save(update_fields=["state", "closed_at"])
    desk.note(ticket, "closed", act=act)
    return 1


def _end(ticket: Ticket, *, cause: str, act: Act, is_answer: bool) -> None:
    desk.move(ticket, moves.RESOLVED)
    ticket.cause, ticket.resolved_at = cause, act.at
    ticket.resolved_by_id = act.actor.pk if act.actor is not None and is_answer else None
    ticket.waiting_since = ticket.reminded_at = None
    clocks.resolved(ticket, at=act.at, is_answer=is_answer)
    ticket.save(update_fields=_SAVED)
    desk.note(ticket, "resolved", act=act, after={"cause": cause})
    announcing.over(ticket, act=act)
