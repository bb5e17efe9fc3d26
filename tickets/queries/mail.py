"""Mails that came, and to which ticket one belongs."""

from datetime import datetime, timedelta

from django.db.models import Count, QuerySet

from customers.models import Customer
from ispbill.accounts.access import branch_scope
from ispbill.accounts.models import User
from ispbill.core import crypto
from ispbill.notifications.models import Message
from ispbill.notifications.services.names import client_id, number_in
from tickets.models import InboundMail, Mailbox, Ticket
from tickets.models.mail import WAITING
from tickets.queries import tickets
from tickets.rules.mail_reading import Mail

FLOOD, MOST_IN_A_FLOOD = timedelta(minutes=30), 10
_PURPOSE, _PROOF_SIGNS = "ticket-mail", 16
_CUSTOMERS = 2  # more than one account of an address is as good as none
NAMES = {  # folders, in the order of their tabs
    "waiting": WAITING,
    "taken": (InboundMail.State.TAKEN, InboundMail.State.ANSWERED, InboundMail.State.LEAD),
    "automatic": (InboundMail.State.MACHINE, InboundMail.State.NOTED),
    "discarded": (InboundMail.State.DISCARDED,),
}


def visible_to(user: User) -> QuerySet[InboundMail]:
    """Return the mails a member of staff may open: those of a ticket, with the ticket.

    What has no ticket yet belongs to no branch: who sees one branch alone does not see it.
    """
    if not user.is_console_user:
        return InboundMail.objects.none()
    mails = InboundMail.objects.all()
    if branch_scope(user) is None:
        return mails
    return mails.filter(ticket__in=tickets.visible_to(user))


def counts(mails: QuerySet[InboundMail]) -> dict[str, int]:
    """Return how many mails lie in each folder."""
    found = dict(mails.order_by().values_list("state").annotate(Count("pk")))
    return {name: sum(found.get(state, 0) for state in states) for name, states in NAMES.items()}


def boxes() -> QuerySet[Mailbox]:
    """Return the mailboxes customers write to."""
    return Mailbox.objects.select_related("category").order_by("address")


def answer_address(ticket: Ticket) -> str:
    """Return where answers about a ticket go, with proof that we have written it; "" without one.

    The first mailbox that is switched on takes them all.
    """
    found = Mailbox.objects.filter(is_active=True).order_by("pk").values_list("address", flat=True)
    address = found.first()
    if address is None:
        return ""
    local, _at, domain = address.partition("@")
    proof = crypto.fingerprint(ticket.number, purpose=_PURPOSE)[:_PROOF_SIGNS]
    return f"{local}+{ticket.number.lower()}-{proof}@{domain}"


def last_mail_of(ticket: Ticket) -> str:
    """Return the Message-ID of the newest mail at a ticket, "" without one."""
    found = InboundMail.objects.filter(ticket=ticket, state=InboundMail.State.TAKEN)
    return found.order_by("-pk").values_list("message_id", flat=True).first() or ""


def ticket_of(mail: Mail) -> Ticket | None:
    """Return the ticket a mail belongs to by what only our own mails tell; None for none.

    By the proof in the address it came to, else by the mails it answers.
    """
    for number, proof in mail.addressed:
        made = crypto.fingerprints(number, purpose=_PURPOSE)
        if any(one[:_PROOF_SIGNS] == proof for one in made):
            found = Ticket.objects.filter(number=number).first()
            if found is not None:
                return found
    for name in mail.answers:
        found = _of_ours(name) or _of_theirs(name)
        if found is not None:
            return found
    return None


def sent_as(name: str) -> Message | None:
    """Return our message that went out under a Message-ID."""
    local = name.partition("@")[0]
    pk = number_in(local)
    message = Message.objects.filter(pk=pk).first() if pk is not None else None
    return message if message is not None and client_id(message) == local else None


def accounts_of(address: str) -> list[Customer]:
    """Return the customers with an e-mail address, at most two of them."""
    found = Customer.objects.filter(email__iexact=address, archived_at=None)
    return list(found.order_by("pk")[:_CUSTOMERS]) if address else []


def is_ours(address: str) -> bool:
    """Tell whether one of our own mailboxes wrote, under whatever name behind a plus."""
    local, _at, domain = address.partition("@")
    plain = f"{local.partition('+')[0]}@{domain}"
    return Mailbox.objects.filter(address__iexact=plain).exists()


def is_flood(mail: InboundMail) -> bool:
    """Tell whether a sender has written more in half an hour than a person does."""
    since = mail.received_at - FLOOD
    lately = InboundMail.objects.filter(
        sender=mail.sender, received_at__gt=since, received_at__lte=mail.received_at
    )
    return lately.filter(pk__lte=mail.pk).count() > MOST_IN_A_FLOOD


def was_told(sender: str, *, at: datetime) -> bool:
    """Tell whether a sender was told within a day that a mail has come."""
    lately = Ticket.objects.filter(
        channel=Ticket.Channel.EMAIL, opened_at__gt=at - timedelta(days=1), mails__sender=sender
    )
    return lately.exists()


def _of_ours(name: str) -> Ticket | None:
    message = sent_as(name)
    number = message.context.get("ticket") if message is not None else None
    return Ticket.objects.filter(number=number).first() if number else None


def _of_theirs(name: str) -> Ticket | None:
    known = InboundMail.objects.select_related("ticket").filter(message_id=name)
    mail = known.exclude(ticket=None).first()
    return mail.ticket if mail is not None else None
