"""What customers are told of their tickets, and staff of those that are late: by the outbox."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.core.acts import Act
from ispbill.inbox.services import bell
from ispbill.notifications.services import compose
from tickets.models import InboundMail, Opinion, Survey, Ticket, TicketClock
from tickets.queries import mail, survey_links
from tickets.rules.mail_reading import Mail

_MOST_TEXT = 1_000


def received(ticket: Ticket, *, at: datetime) -> None:
    """Tell that a ticket has been opened, and its number."""
    _tell(ticket, "ticket_received", dedup=ticket.number, at=at)


def replied(ticket: Ticket, text: str, comment_id: int, *, at: datetime) -> None:
    """Tell what staff have answered."""
    dedup = f"{ticket.number}:{comment_id}"
    _tell(ticket, "ticket_replied", dedup=dedup, at=at, text=text[:_MOST_TEXT])


def reminded(ticket: Ticket, *, at: datetime) -> None:
    """Remind that we wait for an answer."""
    dedup = f"{ticket.number}:{ticket.waiting_since}"
    _tell(ticket, "ticket_waiting", dedup=dedup, at=at)


def resolved(ticket: Ticket, text: str, *, at: datetime) -> None:
    """Tell that it is solved, and how."""
    dedup = f"{ticket.number}:{ticket.times_reopened}"
    _tell(ticket, "ticket_resolved", dedup=dedup, at=at, text=text[:_MOST_TEXT])


def merged(ticket: Ticket, into: Ticket, *, at: datetime) -> None:
    """Tell that one ticket is answered in another."""
    _tell(ticket, "ticket_merged", dedup=ticket.number, at=at, text=into.number)


def asked(survey: Survey, ticket: Ticket, *, at: datetime) -> None:
    """Ask how it was, with a link that needs no sign-in."""
    dedup = f"{ticket.number}:{ticket.times_reopened}"
    address = settings.PUBLIC_URL + survey_links.path(survey)
    quiet = survey_links.quiet_url(ticket.customer_id)
    _tell(ticket, "ticket_survey", dedup=dedup, at=at, survey_url=address, quiet_url=quiet)


def opinion_asked(opinion: Opinion, customer: Customer, *, at: datetime) -> None:
    """Ask whether a customer would recommend us, with a link that needs no sign-in."""
    context = {
        "survey_url": settings.PUBLIC_URL + survey_links.opinion_path(opinion),
        "quiet_url": survey_links.quiet_url(customer.pk),
    }
    letter = compose.to_customer(customer, context, dedup=str(opinion.pk))
    compose.enqueue(letter, event="opinion_survey", at=at)


def rings(row: TicketClock, people: Iterable[User], *, level: str, act: Act) -> None:
    """Ring staff's bells about a promise: nearly over, broken, or long broken."""
    _ring(row.ticket, people, f"ticket-{level}", fact=f"clock:{row.pk}:{level}", act=act)


def given(ticket: Ticket, *, act: Act) -> None:
    """Ring the bell of whoever a ticket was given to."""
    if ticket.assignee is not None:
        fact = f"given:{ticket.pk}:{int(act.at.timestamp())}"
        _ring(ticket, [ticket.assignee], "ticket-given", fact=fact, act=act)


def over(ticket: Ticket, *, act: Act) -> None:
    """Silence the bells of a ticket that has ended."""
    bell.settled(url=_page(ticket), act=act)


def customer_wrote(ticket: Ticket, comment_id: int, *, act: Act) -> None:
    """Ring the bell of whoever answers for a ticket: its customer has written."""
    if ticket.assignee is not None:
        fact = f"wrote:{comment_id}"
        _ring(ticket, [ticket.assignee], "ticket-wrote", fact=fact, act=act)


def answered(row: InboundMail, letter: Mail, text: str, *, at: datetime) -> None:
    """Answer a mail of somebody who has no ticket; what they write back comes to its mailbox."""
    context = {
        "name": letter.name or letter.sender,
        "subject": letter.subject[:160],
        "text": text,
        "thread": {"reply_to": row.mailbox.address, "answers": letter.message_id},
    }
    told = compose.Letter(
        phone="", email=letter.sender, language="", context=context, dedup=f"mail:{row.pk}"
    )
    compose.enqueue(told, event="mail_answered", at=at, channels=("EMAIL",), is_urgent=True)


def mentioned(ticket: Ticket, people: Iterable[User], note_id: int, *, act: Act) -> None:
    """Ring the bells of those a remark mentions."""
    _ring(ticket, people, "ticket-mentioned", fact=f"mention:{note_id}", act=act)


def too_large(sender: str, subject: str, *, fact: str, at: datetime) -> None:
    """Tell whoever wrote that the mail could not be taken; they may be no customer of ours."""
    letter = compose.Letter(
        phone="", email=sender, language="", context={"subject": subject[:160]}, dedup=fact[:80]
    )
    compose.enqueue(letter, event="mail_too_large", at=at, channels=("EMAIL",), is_urgent=True)


def late(row: TicketClock, people: Iterable[User], *, level: str, at: datetime) -> None:
    """Write to staff that a promise about a ticket is broken."""
    ticket = row.ticket
    for person in people:
        compose.enqueue(
            compose.to_person(
                person,
                {
                    "ticket": ticket.number,
                    "subject": ticket.subject,
                    "text": ticket.customer.name,
                    "ticket_url": settings.PUBLIC_URL + _page(ticket),
                },
                fact=f"{row.pk}:{level}",
            ),
            event="ticket_late",
            at=at,
            channels=("EMAIL",),
            is_urgent=True,
        )


def _ring(ticket: Ticket, people: Iterable[User], kind: str, *, fact: str, act: Act) -> None:
    bell.ring(people, bell.Ring(kind, fact, ticket.number, _page(ticket)), act=act)


def _page(ticket: Ticket) -> str:
    return reverse("staff_tickets:ticket", args=[ticket.number])


def _tell(ticket: Ticket, event: str, *, dedup: str, at: datetime, **more: str) -> None:
    customer = ticket.customer
    page = reverse("portal:ticket", args=[ticket.number])
    compose.enqueue(
        compose.to_customer(
            customer,
            {
                "ticket": ticket.number,
                "subject": ticket.subject,
                "ticket_url": settings.PUBLIC_URL + page,
                **_thread(ticket),
                **more,
            },
            dedup=dedup,
        ),
        event=event,
        at=at,
    )


def _thread(ticket: Ticket) -> dict[str, dict[str, str]]:
    """Return where an answer by e-mail goes, and which mail ours answers; nothing without either.

    Not a value of any text: the sender of e-mail alone reads it.
    """
    address = mail.answer_address(ticket)
    if not address:
        return {}
    return {"thread": {"reply_to": address, "answers": mail.last_mail_of(ticket)}}
