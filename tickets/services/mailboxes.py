"""The mailboxes customers write to; a password goes in and never comes out again."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import crypto
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from tickets.gateways import imap
from tickets.gateways.imap import NotRead
from tickets.models import Mailbox
from tickets.services import mail_fetching

EDITABLE = ("address", "host", "port", "security", "username", "folder", "category", "is_active")
_PLACE = ("host", "port", "username", "folder")  # elsewhere, nothing of it has been read


class MailboxRefused(DomainError):
    """The mailbox cannot be kept as described."""


def save(*, row: Mailbox, values: Mapping[str, Any], password: str, act: Act[User]) -> Mailbox:
    """Add a mailbox or change one; an empty password keeps the stored one.

    Another server needs the password again, or it would be shown to somebody it is not meant for.
    Raises MailboxRefused.
    """
    try:
        with transaction.atomic():
            trail.begin(act=act)
            return _saved(row, values, password, act=act)
    except IntegrityError as error:
        raise MailboxRefused(_("There is a mailbox with this address already.")) from error


def test(*, row: Mailbox) -> str:
    """Open a mailbox and leave it as it is; return why that failed, "" when it works."""
    try:
        with imap.opened(mail_fetching.place_of(row)):
            return ""
    except NotRead as error:
        return str(error)
    except crypto.Unreadable:
        return _("The stored password cannot be opened with our keys. Type it again.")


def _saved(row: Mailbox, values: Mapping[str, Any], password: str, *, act: Act[User]) -> Mailbox:
    is_new = row.pk is None
    if not is_new:
        row = Mailbox.objects.select_for_update().get(pk=row.pk)
    before = {} if is_new else _plain(row)
    if not password and (is_new or values["host"] != row.host):
        raise MailboxRefused(_("Type the password: this server has not been given it yet."))
    if is_new:
        row.added_at = act.at
    elif any(getattr(row, name) != values[name] for name in _PLACE):
        row.uid_validity, row.last_uid, row.read_at, row.error = None, 0, None, ""
    for name in EDITABLE:
        setattr(row, name, values[name])
    if password:
        row.sealed_password = crypto.seal(password, context=mail_fetching.secret_place(row))
    row.save()
    was, now = events.changes(before, _plain(row))
    if password:
        now["password"] = "replaced"  # noqa: S105 - the word for the log, no password
    if now:
        action = "mailbox.added" if is_new else "mailbox.changed"
        events.record(act=act, action=action, target=row, before=was, after=now)
    return row


def _plain(row: Mailbox) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in EDITABLE}
    return {**values, "category": row.category.code}
