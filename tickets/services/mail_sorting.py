"""What becomes of a mail that was kept: a word at a ticket, a new ticket, or a folder.

Machines never open a ticket, reopen or resume one, move a clock, or are answered. A mail that
cannot be worked off is tried three times and then parked; the next one goes on.
"""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from customers.models import Customer
from ispbill.core.acts import Act
from ispbill.core.uploads import Upload
from ispbill.notifications.rules import wording
from ispbill.notifications.services import bounces
from tickets.models import Comment, InboundMail, Ticket
from tickets.queries import mail as mails
from tickets.rules import mail_reading
from tickets.rules.mail_reading import File, Mail
from tickets.services import announcing, attachments, conversation, intake, merging
from tickets.services.desk import WrongState
from tickets.services.intake import Report
from tickets.services.reopening import TooLate

State = InboundMail.State
BATCH, TRIES = 500, 3
_MOST_TEXT = 18_000  # beside it there is room for what is said of files

log = logging.getLogger(__name__)


def sort_new(*, act: Act) -> int:
    """Work off the mails that are new, in the order in which they came; return how many were."""
    new = InboundMail.objects.filter(state=State.NEW).order_by("pk")
    return sum(_sorted(pk, act=act) for pk in new.values_list("pk", flat=True)[:BATCH])


def take(row: InboundMail, *, act: Act, is_wanted: bool = False) -> None:
    """Decide about one mail whose row is locked. `is_wanted`: staff asked for it again."""
    mail = mail_reading.read(bytes(row.raw))
    for one in mail.bounces:
        message = mails.sent_as(one.ref)
        bounces.take(one.recipient, status=one.status, reason=one.reason, of=message, at=act.at)
    ticket = mails.ticket_of(mail)
    machine = mail.machine or ("from ourselves" if mails.is_ours(mail.sender) else "")
    if machine:
        _put_aside(row, mail, ticket, why=machine, act=act)
        return
    if not is_wanted and mails.is_flood(row):
        _settle(row, State.HELD, why="More than ten mails in half an hour.")
        return
    accounts = mails.accounts_of(mail.sender)
    if ticket is None and mail.number:
        # A number alone proves nothing: it counts from an address of the account.
        own = [account.pk for account in accounts]
        ticket = Ticket.objects.filter(number=mail.number, customer__in=own).first()
    if ticket is not None:
        _add(row, mail, ticket, is_known=ticket.customer in accounts, act=act)
    elif len(accounts) == 1:
        open_for(row, mail, accounts[0], act=act)
    else:
        why = "Several accounts have this address." if accounts else "No account has this address."
        _settle(row, State.STRANGER, why=why)


def open_for(
    row: InboundMail, mail: Mail, customer: Customer, *, follows: Ticket | None = None, act: Act
) -> Ticket:
    """Open a ticket of a customer with a mail's words; the row is locked."""
    text, files = _words(mail, customer)
    report = Report(
        subject=mail.subject,
        text=text,
        category=row.mailbox.category.code,
        channel=Ticket.Channel.EMAIL,
        follows=follows,
        files=files,
        # One acknowledgement a day: two machines that thank each other would never end.
        is_quiet=mail.takes_no_reply or mails.was_told(mail.sender, at=act.at),
    )
    ticket = intake.open_ticket(customer=customer, report=report, act=act)
    comment = ticket.comments.order_by("pk").first()
    _settle(row, State.TAKEN, ticket=ticket, comment=comment)
    return ticket


def tell_too_large(row: InboundMail, mail: Mail, *, at: datetime) -> None:
    """Tell a sender that a mail was too large to be taken; machines are told nothing."""
    if not mail.machine and not mail.takes_no_reply and not mails.is_ours(mail.sender):
        announcing.too_large(mail.sender, mail.subject, fact=row.message_id, at=at)


def _sorted(pk: int, *, act: Act) -> int:
    try:
        with transaction.atomic():
            rows = InboundMail.objects.select_for_update(skip_locked=True, of=("self",))
            row = rows.select_related("mailbox__category").filter(pk=pk, state=State.NEW).first()
            if row is not None:
                take(row, act=act)
    except Exception as error:  # whatever is wrong with one, the next goes on
        log.exception("mail not sorted", extra={"mail": pk})
        InboundMail.objects.filter(pk=pk).update(tries=F("tries") + 1, why=type(error).__name__)
        InboundMail.objects.filter(pk=pk, state=State.NEW, tries__gte=TRIES).update(
            state=State.PARKED
        )
        return 0
    return 1


def _put_aside(row: InboundMail, mail: Mail, ticket: Ticket | None, *, why: str, act: Act) -> None:
    """Keep what a machine wrote out of the conversation: a remark, or a folder."""
    if ticket is None:
        _settle(row, State.MACHINE, why=why)
        return
    said = "\n".join([f"{mail.sender}: {mail.subject}", "", mail.text])
    conversation.note(ticket=ticket, text=said[:_MOST_TEXT], act=act)
    _settle(row, State.NOTED, ticket=ticket, why=why)


def _add(row: InboundMail, mail: Mail, ticket: Ticket, *, is_known: bool, act: Act) -> None:
    """Add a word to a ticket; one that is closed for good is followed by a new one."""
    ticket = merging.last(ticket)
    row.is_from_stranger = not is_known
    text, files = _words(mail, ticket.customer)
    words = conversation.Words(text, files)
    try:
        with transaction.atomic():
            comment = conversation.customer_wrote(
                ticket=ticket, words=words, by=Comment.By.CUSTOMER, act=act
            )
    except (WrongState, TooLate):
        open_for(row, mail, ticket.customer, follows=ticket, act=act)
    else:
        name = ticket.customer.name if is_known else mail.name or mail.sender
        Comment.objects.filter(pk=comment.pk).update(author_name=name[:120])
        _settle(row, State.TAKEN, ticket=ticket, comment=comment)


def _words(mail: Mail, customer: Customer) -> tuple[str, list[Upload]]:
    """Return what a mail says, and its files that may be kept; of the others it is said why."""
    sent = [Upload(file.name, file.content) for file in mail.files if not file.withheld]
    withheld = [file for file in mail.files if file.withheld]
    with translation.override(wording.language_for(customer.language)):
        files, refused = attachments.sifted(sent)
        refused = [*(_withheld(file) for file in withheld), *refused]
        left_out = [_("Not kept: %(why)s") % {"why": why} for why in refused[:20]]
        text = mail_reading.without_quotes(mail.text) or mail.subject or _("(no text)")
    return "\n".join([text[:_MOST_TEXT], *([""] if left_out else []), *left_out]), files


def _withheld(file: File) -> str:
    if file.withheld == mail_reading.TOO_LARGE:
        return _("%(file)s: too large to be scanned for viruses.") % {"file": file.name}
    found = {"file": file.name, "name": file.withheld[:120]}
    return _("%(file)s: the virus scanner found “%(name)s” in it.") % found


def _settle(
    row: InboundMail,
    state: str,
    *,
    ticket: Ticket | None = None,
    comment: Comment | None = None,
    why: str = "",
) -> None:
    row.state, row.why, row.ticket, row.comment = state, why[:300], ticket, comment
    row.customer_id = ticket.customer_id if ticket is not None else None
    row.save(update_fields=["state", "why", "ticket", "comment", "customer", "is_from_stranger"])
