"""Fetch what came into the mailboxes: each mail is kept raw before anything is made of it.

No transaction is open while a server is asked, the virus scanner among them: what it does not find
clean is not kept, and a mail it cannot be asked about stays where it is. A mail is marked as read
after it is kept; who dies in between fetches it again and finds it kept.
"""

import hashlib
import logging
from datetime import timedelta

from django.db import IntegrityError, transaction

from ispbill.core import clock, crypto
from ispbill.core.acts import Act
from ispbill.core.scanning import ScannerAway
from tickets.gateways import imap
from tickets.gateways.imap import Box, NotRead, Place
from tickets.models import InboundMail, Mailbox
from tickets.rules import mail_reading
from tickets.services import mail_screening, mail_sorting

LARGEST = 25 << 20  # bytes; of a larger one the head alone is fetched
BATCH = 100  # mails of one visit
_LOOK_BACK = timedelta(days=2)

log = logging.getLogger(__name__)


def fetch_all(*, act: Act) -> int:
    """Read every mailbox that is switched on, then sort what is new; return how many were kept."""
    kept = 0
    for mailbox in Mailbox.objects.filter(is_active=True).order_by("pk"):
        kept += fetch(mailbox, act=act)
    mail_sorting.sort_new(act=act)
    return kept


def fetch(mailbox: Mailbox, *, act: Act) -> int:
    """Keep what is new in one mailbox. What goes wrong is noted with it, for its page."""
    kept = 0
    try:
        with imap.opened(place_of(mailbox)) as box:
            for uid in _new(mailbox, box)[:BATCH]:
                kept += _keep(mailbox, box, uid, act=act)
                box.mark_seen(uid)
                Mailbox.objects.filter(pk=mailbox.pk, last_uid__lt=uid).update(last_uid=uid)
    except NotRead as error:
        _note(mailbox, str(error), act=act)
    except ScannerAway:
        _note(mailbox, "The virus scanner does not answer: mails wait in the mailbox.", act=act)
    except crypto.Unreadable:
        _note(mailbox, "The stored password cannot be opened with our keys.", act=act)
    else:
        _note(mailbox, "", act=act)
    return kept


def place_of(mailbox: Mailbox) -> Place:
    """Return where a mailbox is and what opens it. Raises crypto.Unreadable."""
    return Place(
        host=mailbox.host,
        port=mailbox.port,
        security=mailbox.security,
        username=mailbox.username,
        password=crypto.unseal(mailbox.sealed_password, context=secret_place(mailbox)),
        folder=mailbox.folder,
    )


def secret_place(mailbox: Mailbox) -> str:
    """Return what a mailbox's password is bound to."""
    return f"tickets.mailbox:{mailbox.host}"


def _new(mailbox: Mailbox, box: Box) -> list[int]:
    """Return the mails to fetch; a folder seen for the first time begins with what comes next."""
    if mailbox.uid_validity == box.uid_validity:
        return box.newer(mailbox.last_uid)
    is_first, before = mailbox.uid_validity is None, mailbox.read_at
    mailbox.uid_validity = box.uid_validity
    mailbox.last_uid = max(0, box.uid_next - 1) if is_first else 0
    mailbox.save(update_fields=["uid_validity", "last_uid"])
    if is_first or before is None:
        return []
    # The server has numbered everything anew: what came lately is known by its own name.
    return box.since(clock.local_date(before - _LOOK_BACK))


def _keep(mailbox: Mailbox, box: Box, uid: int, *, act: Act) -> int:
    size = box.size(uid)
    raw = box.head(uid) if size > LARGEST else box.whole(uid)
    if not raw:  # somebody has removed it meanwhile
        return 0
    known_as = hashlib.sha256(raw).hexdigest()
    raw = mail_screening.screened(raw)
    row = InboundMail(
        mailbox=mailbox,
        uid_validity=box.uid_validity,
        uid=uid,
        size=size,
        raw=raw,
        message_id=known_as,
        received_at=act.at,
        state=InboundMail.State.TOO_LARGE if size > LARGEST else InboundMail.State.NEW,
    )
    mail = None
    try:
        mail = mail_reading.read(raw)
    except Exception:  # a mail nobody can read must not stop the next one; sorting parks it
        log.exception("mail cannot be read", extra={"uid": uid})
    else:
        row.message_id = mail.message_id or row.message_id
        row.sender, row.sender_name, row.subject = mail.sender, mail.name, mail.subject
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            if size > LARGEST and mail is not None:
                mail_sorting.tell_too_large(row, mail, at=act.at)
    except IntegrityError:  # kept before, from here or from another mailbox
        return 0
    return 1


def _note(mailbox: Mailbox, error: str, *, act: Act) -> None:
    if error:
        log.warning("mailbox not read", extra={"mailbox": mailbox.pk, "error": error})
    Mailbox.objects.filter(pk=mailbox.pk).update(
        error=error[:300], **({} if error else {"read_at": act.at})
    )
