"""What is said about a ticket: answers of staff, words of the customer, remarks among staff."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from customers.models import Call
from customers.services import calls
from ispbill.accounts.models import User
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from ispbill.core.uploads import Upload
from ispbill.notifications.rules import wording
from tickets.models import Attachment, Comment, Ticket, TicketNote
from tickets.queries import tickets
from tickets.rules import canned, mentions, moves
from tickets.services import announcing, attachments, clocks, desk, reopening

_SAVED = [*clocks.DUE_FIELDS, "state", "waiting_since", "reminded_at", "unanswered_since"]


class Overtaken(Stale):
    """Somebody has written since the reader looked; `comments` are what they have not seen."""

    def __init__(self, message: str, comments: Sequence[Comment]) -> None:
        super().__init__(message)
        self.comments = comments


class PlaceholderLeft(DomainError):
    """A canned reply has a placeholder nobody has filled in."""


class MentionUnclear(DomainError):
    """Several colleagues may be meant by a name behind an "@"."""


@dataclass(frozen=True)
class Words:
    """What somebody writes; `seen` is the last comment they had read (its id), 0: send anyway."""

    text: str
    files: Sequence[Upload] = field(default=())
    seen: int = 0


def reply(*, ticket: Ticket, words: Words, then_waits: bool, act: Act[User]) -> Comment:
    """Answer the customer; with `then_waits` it is the customer's turn and the clock pauses.

    Raises TextMissing, PlaceholderLeft, AttachmentRefused, Overtaken, WrongState.
    """
    files = attachments.judged(words.files)
    text = desk.said(words.text)
    if left := canned.empty_places(text):
        raise PlaceholderLeft(_("Fill in {%(name)s} before sending.") % {"name": left[0]})
    with transaction.atomic():
        ticket = desk.begin(ticket, act=act)
        if not ticket.is_live:
            raise desk.wrong(ticket)
        _check_seen(ticket, words.seen, act.actor)
        comment = say(ticket, text, by=Comment.By.STAFF, act=act, files=files)
        _after_reply(ticket, then_waits=then_waits, act=act)
        desk.note(ticket, "replied", act=act, after={"state": ticket.state})
        announcing.replied(ticket, text, comment.pk, at=act.at)
    return comment


def customer_wrote(*, ticket: Ticket, words: Words, by: str, act: Act) -> Comment:
    """Add a word of the customer, or of the reseller for one. It resumes what waited.

    A resolved ticket is reopened by it, until the seventh day is over. Raises TextMissing,
    AttachmentRefused, WrongState (closed: a new ticket is the way), TooLate.
    """
    files = attachments.judged(words.files)
    text = desk.said(words.text)
    with transaction.atomic():
        ticket = desk.begin(ticket, act=act)
        if ticket.is_closed:
            raise desk.wrong(ticket)
        if ticket.is_resolved:
            reopening.reopen_locked(ticket, act=act)
        comment = say(ticket, text, by=by, act=act, files=files)
        if ticket.is_waiting:
            resume_locked(ticket, act=act)
        clocks.customer_wrote(ticket, at=act.at)
        ticket.save(update_fields=_SAVED)
        desk.note(ticket, "answered", act=act, after={"state": ticket.state})
        announcing.customer_wrote(ticket, comment.pk, act=act)
    return comment


@transaction.atomic
def note(*, ticket: Ticket, text: str, act: Act) -> TicketNote:
    """Add a remark among staff (or of a machine, by nobody); it moves no clock.

    Whom it mentions ("@Rahim") hears of it. Raises TextMissing, MentionUnclear.
    """
    text = desk.said(text)
    mentioned = _mentioned(ticket, text) if act.actor is not None else []
    trail.begin(act=act)
    row = TicketNote.objects.create(
        ticket=ticket,
        customer_id=ticket.customer_id,
        at=act.at,
        author_id=act.actor.pk if act.actor is not None else None,
        text=text,
    )
    desk.note(ticket, "noted", act=act)
    announcing.mentioned(ticket, mentioned, row.pk, act=act)
    return row


@transaction.atomic
def called(*, ticket: Ticket, talk: calls.Talk, act: Act[User]) -> Call:
    """Write down a call about a ticket; one in which somebody spoke is an answer to the customer.

    Raises CallRefused, and WrongState for a ticket that is closed.
    """
    ticket = desk.begin(ticket, act=act)
    if ticket.is_closed:
        raise desk.wrong(ticket)
    call = calls.log(talk=talk, act=act, customer=ticket.customer, ticket_id=ticket.pk)
    if call.outcome == Call.Outcome.SPOKE:
        clocks.answered(ticket, at=act.at)
        ticket.save(update_fields=_SAVED)
    desk.note(ticket, "called", act=act, after={"outcome": call.outcome})
    return call


def say(
    ticket: Ticket, text: str, *, by: str, act: Act, files: Sequence[Attachment] = ()
) -> Comment:
    """Add a comment to a locked ticket; what it moves is the caller's to decide."""
    comment = Comment.objects.create(
        ticket=ticket,
        customer_id=ticket.customer_id,
        at=act.at,
        by=by,
        author_id=act.actor.pk if act.actor is not None else None,
        author_name=act.actor.name if act.actor is not None else "",
        text=text,
    )
    attachments.keep(files, comment)
    ticket.last_public_at = act.at
    ticket.save(update_fields=["last_public_at"])
    return comment


def say_ours(ticket: Ticket, text: Promise, *, by: str, act: Act) -> Comment:
    """Add a comment in words of ours (lazy ones), in the customer's language."""
    with translation.override(wording.language_for(ticket.customer.language)):
        return say(ticket, str(text), by=by, act=act)


def resume_locked(ticket: Ticket, *, act: Act) -> None:
    """Let a waiting ticket go on: it is our turn again."""
    desk.move(ticket, moves.resumed(is_assigned=ticket.assignee_id is not None))
    ticket.waiting_since = ticket.reminded_at = None
    clocks.resume(ticket, at=act.at)


@transaction.atomic
def redact(*, comment: Comment, act: Act[User]) -> None:
    """Take a text out of a conversation (a password, a card); that it was there stays to be seen.

    Raises ReasonMissing.
    """
    act = act.because(trail.required_reason(act.reason))
    ticket = desk.begin(comment.ticket, act=act)
    Comment.objects.filter(pk=comment.pk).update(text="—", redacted_at=act.at)
    desk.note(ticket, "redacted", act=act)


def _mentioned(ticket: Ticket, text: str) -> list[User]:
    """Return the colleagues a remark mentions. Raises MentionUnclear."""
    if "@" not in text:
        return []
    people = {one.pk: one for one in tickets.readers(ticket)}
    names = {pk: one.name for pk, one in people.items()}
    found, unclear = mentions.meant(text, names)
    if unclear:
        said = _("Several colleagues may be @%(name)s: write the whole name, with dots between.")
        raise MentionUnclear(said % {"name": unclear[0]})
    return [people[pk] for pk in sorted(found)]


def _after_reply(ticket: Ticket, *, then_waits: bool, act: Act[User]) -> None:
    clocks.answered(ticket, at=act.at)
    if then_waits and not ticket.is_waiting:
        desk.move(ticket, moves.WAITING_CUSTOMER)
        ticket.waiting_since, ticket.reminded_at = act.at, None
        clocks.pause(ticket, at=act.at)
    elif not then_waits and ticket.state in (moves.OPEN, moves.REOPENED):
        desk.move(ticket, moves.IN_PROGRESS)
    if ticket.assignee_id is None:
        ticket.assignee = act.actor
    ticket.save(update_fields=[*_SAVED, "assignee"])


def _check_seen(ticket: Ticket, seen: int, actor: User) -> None:
    """Refuse an answer over a newer word of somebody else."""
    if not seen:
        return
    newer = Comment.objects.filter(ticket=ticket, pk__gt=seen).exclude(author=actor).order_by("pk")
    unseen = list(newer)
    if unseen:
        said = _("%(who)s has written meanwhile. Your text is kept: read, then send.")
        raise Overtaken(said % {"who": unseen[-1].author_name or _("Somebody")}, unseen)
