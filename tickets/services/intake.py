"""A new ticket: from the portal, from a reseller, or written down by staff."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer, Subscription
from customers.services import account_states, facts
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.services import numbering
from ispbill.core.uploads import Upload
from network.speedtest.models import SpeedTest
from tickets.models import Category, Comment, Ticket
from tickets.queries import tickets
from tickets.services import announcing, assignment, attachments, clocks, desk, founding

MOST_A_DAY = 10
_SPOKEN = (Ticket.Channel.PHONE, Ticket.Channel.COUNTER, Ticket.Channel.STAFF)
_BY = {Ticket.Channel.RESELLER: Comment.By.RESELLER, Ticket.Channel.STAFF: Comment.By.STAFF}


class TooMany(DomainError):
    """A customer has opened so many tickets today that a call is the better way."""


class CategoryUnknown(DomainError):
    """The category is not on offer."""


@dataclass(frozen=True)
class Report:
    """What somebody reports. `category` is a code; files are not judged yet."""

    subject: str
    text: str
    category: str
    channel: str
    priority: str = Ticket.Priority.NORMAL
    subscription: Subscription | None = None
    follows: Ticket | None = None
    speed_test: SpeedTest | None = None
    files: Sequence[Upload] = field(default=())
    is_quiet: bool = False
    """The customer is not told that it has come: they were told of one a moment ago."""


def open_ticket(*, customer: Customer, report: Report, act: Act) -> Ticket:
    """Open a ticket; the same text within ten minutes gives the first one again.

    Raises TooMany, CategoryUnknown, TextMissing, AttachmentRefused.
    """
    files = attachments.judged(report.files)
    text = desk.said(report.text)
    with transaction.atomic():
        account_states.begin([customer.pk], act=act)
        if report.channel in (Ticket.Channel.PORTAL, Ticket.Channel.RESELLER):
            known = tickets.equal_lately(customer.pk, text, at=act.at)
            if known is not None:
                return known
            _check_count(customer, act=act)
        ticket = _made(customer, report, act=act)
        comment = _first_words(ticket, text, act=act)
        attachments.keep(files, comment)
        clocks.begin(ticket, at=act.at, is_met_at_once=report.channel in _SPOKEN)
        ticket.save(update_fields=clocks.DUE_FIELDS)
        assignment.give(ticket, act=act)
        facts.note_ticket(customer.pk, on=act.on)
        after = {"category": ticket.category.code, "priority": ticket.priority}
        desk.note(ticket, "opened", act=act, after=after)
        if not report.is_quiet:
            announcing.received(ticket, at=act.at)
    return ticket


def _made(customer: Customer, report: Report, *, act: Act) -> Ticket:
    founding.lay()
    category = Category.objects.filter(code=report.category, is_active=True).first()
    if category is None:
        raise CategoryUnknown(_("Choose what it is about."))
    subject = report.subject.strip() or " ".join(report.text.split())
    year = act.on.year
    ticket = Ticket(
        customer=customer,
        subscription=report.subscription,
        branch_id=customer.branch_id,
        area_id=customer.area_id,
        subject=subject[:160],
        category=category,
        priority=report.priority,
        customer_class=customer.kind,
        channel=report.channel,
        team=assignment.team_for(category, customer.branch_id),
        opened_at=act.at,
        opened_by_id=act.actor.pk if act.actor is not None else None,
        last_public_at=act.at,
        follows=report.follows,
        speed_test=report.speed_test,
    )
    if report.channel not in _SPOKEN:
        ticket.unanswered_since = act.at
    number = numbering.take(series="TK", year=year)
    ticket.number = numbering.written(series="TK", year=year, number=number)
    ticket.save(force_insert=True)
    return ticket


def _first_words(ticket: Ticket, text: str, *, act: Act) -> Comment:
    by = _BY.get(Ticket.Channel(ticket.channel), Comment.By.CUSTOMER)
    is_own = by != Comment.By.CUSTOMER and act.actor is not None
    return Comment.objects.create(
        ticket=ticket,
        customer_id=ticket.customer_id,
        at=act.at,
        by=by,
        author_id=act.actor.pk if act.actor is not None else None,
        author_name=act.actor.name if is_own and act.actor else ticket.customer.name,
        text=text,
    )


def _check_count(customer: Customer, *, act: Act) -> None:
    since = act.at - timedelta(days=1)
    if tickets.opened_since(customer.pk, since).count() >= MOST_A_DAY:
        raise TooMany(_("You have opened ten tickets today. Please call us, that is faster."))
