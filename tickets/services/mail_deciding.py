"""What staff decide about a mail nobody could place by itself."""

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer, Lead
from customers.services import leads
from customers.services.leads import Interest
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from tickets.models import InboundMail, Ticket
from tickets.rules import mail_reading
from tickets.services import announcing, desk, mail_sorting

State = InboundMail.State


class Decided(Stale):
    """Somebody else has decided about the mail meanwhile."""


class TakesNoReply(DomainError):
    """A machine wrote it, or an address that nobody reads."""


@transaction.atomic
def take_for(*, row: InboundMail, customer: Customer, act: Act[User]) -> Ticket:
    """Open a ticket of a customer with what a stranger wrote. Raises ReasonMissing, Decided."""
    act = act.because(trail.required_reason(act.reason))
    row = _waiting(row, act=act)
    mail = mail_reading.read(bytes(row.raw))
    ticket = mail_sorting.open_for(row, mail, customer, act=act)
    _record(row, "mail.taken", act=act, after={"ticket": ticket.number})
    return ticket


@transaction.atomic
def answer(*, row: InboundMail, text: str, act: Act[User]) -> None:
    """Answer who is no customer of ours, by e-mail. Raises TextMissing, TakesNoReply, Decided."""
    text = desk.said(text)
    row = _waiting(row, act=act)
    mail = mail_reading.read(bytes(row.raw))
    if mail.takes_no_reply or mail.machine or not mail.sender:
        raise TakesNoReply(_("Nobody reads answers to this address."))
    row.state = State.ANSWERED
    row.save(update_fields=["state"])
    announcing.answered(row, mail, text, at=act.at)
    _record(row, "mail.replied", act=act)


@transaction.atomic
def make_lead(*, row: InboundMail, interest: Interest, act: Act[User]) -> Lead:
    """Make a lead of who wants to become a customer. Raises PhoneRefused, Decided."""
    row = _waiting(row, act=act)
    row.lead, row.state = leads.add(interest=interest, act=act), State.LEAD
    row.save(update_fields=["lead", "state"])
    _record(row, "mail.made_lead", act=act)
    return row.lead


@transaction.atomic
def discard(*, row: InboundMail, act: Act[User]) -> None:
    """Put a mail away for good; it stays to be seen. Raises ReasonMissing, Decided."""
    act = act.because(trail.required_reason(act.reason))
    row = _waiting(row, act=act)
    row.state, row.decided_by = State.DISCARDED, act.actor
    row.save(update_fields=["state", "decided_by"])
    _record(row, "mail.discarded", act=act)


@transaction.atomic
def try_again(*, row: InboundMail, act: Act[User]) -> InboundMail:
    """Sort a mail once more, a held one too. Raises Decided."""
    row = _waiting(row, act=act)
    mail_sorting.take(row, act=Act(None, act.at), is_wanted=True)
    _record(row, "mail.tried_again", act=act, after={"state": row.state})
    return row


def _waiting(row: InboundMail, *, act: Act[User]) -> InboundMail:
    trail.begin(act=act)
    found = InboundMail.objects.select_for_update(of=("self",)).select_related("mailbox__category")
    row = found.get(pk=row.pk)
    if not row.waits:
        raise Decided(_("This mail is now “%(state)s”.") % {"state": row.get_state_display()})
    return row


def _record(
    row: InboundMail, action: str, *, act: Act[User], after: dict[str, str] | None = None
) -> None:
    row.decided_by = act.actor
    row.save(update_fields=["decided_by"])
    events.record(
        act=act,
        action=action,
        target=row,
        label=str(row.pk),  # no address: the trail is kept for ever
        after=after,
    )
