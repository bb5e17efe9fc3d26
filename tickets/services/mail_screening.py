"""A mail is looked at by the virus scanner before it is kept; what is found in it stays outside.

What somebody has written is kept in any case. A file with something in it is taken out and named;
where that does not make the mail clean, its words alone are kept. While the scanner is away
nothing is kept: the mail stays in its mailbox and is fetched again.
"""

import logging
import re
from email import message_from_bytes, policy
from email.message import EmailMessage

from django.conf import settings

from ispbill.core import scanning
from ispbill.core.scanning import NotClean, ScannerAway, VirusFound
from tickets.rules import mail_reading

MOST_PARTS = 50  # that are looked at; the rest go
_PLACE = "mail"
# What only we may say of a part.
_CLAIM = re.compile(rf"^{mail_reading.WITHHELD}(?=\s*:)".encode(), re.IGNORECASE | re.MULTILINE)
_KEPT = (
    "From", "To", "Cc", "Date", "Subject", "Message-ID", "In-Reply-To", "References",
    "Auto-Submitted", "Precedence", "Return-Path",
)  # fmt: skip

log = logging.getLogger(__name__)


def screened(raw: bytes) -> bytes:
    """Return a mail as it may be kept, without what its sender says in our name.

    Raises ScannerAway.
    """
    raw = _CLAIM.sub(b"X-Not-From-Us", raw)
    if not settings.CLAMD:
        return raw
    try:
        found = _without_files_found(raw)
    except ScannerAway:
        raise
    except Exception:  # the standard library trips over some broken mails
        log.warning("mail cannot be taken apart")
        found = raw
    refusal = _refusal(found)
    if refusal is None:
        return found
    alone = _words_alone(raw, _text(raw), refusal)
    return alone if _refusal(alone) is None else _words_alone(raw, "", refusal)


def _without_files_found(raw: bytes) -> bytes:
    message: EmailMessage = message_from_bytes(raw, policy=policy.default)
    parts = [part for part in message.walk() if not part.is_multipart()]
    is_changed = False
    for number, part in enumerate(parts):
        why: str | None = ""
        if number < MOST_PARTS:
            content = part.get_payload(decode=True)
            why = _refusal(content) if isinstance(content, bytes) else None
        if why is not None:
            _take_out(part, why)
            is_changed = True
    return message.as_bytes() if is_changed else raw


def _refusal(content: bytes) -> str | None:
    """Return what was found, "" for bytes too many to be looked at, None for clean ones."""
    try:
        scanning.check(content, place=_PLACE)
    except ScannerAway:
        raise
    except VirusFound as error:
        return error.signature
    except NotClean:
        return ""
    return None


def _take_out(part: EmailMessage, signature: str) -> None:
    """Leave of a part its name, and why it is not there."""
    name, is_file = part.get_filename(), part.is_attachment()
    part.clear_content()
    part.set_content("Taken out: not found clean by the virus scanner.\n")
    if is_file or name:
        part.add_header("Content-Disposition", "attachment", filename=name or "file")
        del part[mail_reading.WITHHELD]
        part[mail_reading.WITHHELD] = signature or mail_reading.TOO_LARGE


def _text(raw: bytes) -> str:
    try:
        return mail_reading.read(raw).text
    except Exception:  # as above: what cannot be read has no words
        return ""


def _words_alone(raw: bytes, text: str, signature: str) -> bytes:
    """Return a mail of the same sender with a text, and nothing else of it."""
    sent: EmailMessage = message_from_bytes(raw, policy=policy.default)
    made = EmailMessage(policy=policy.default)
    for name in _KEPT:
        try:
            value = str(sent.get(name) or "")
            if value:
                made[name] = " ".join(value.split())
        except (ValueError, LookupError, AttributeError, IndexError, TypeError):
            continue  # a broken header, which nobody could read anyway
    made.set_content(text or "(no text)")
    made.add_attachment("", filename="mail")
    _take_out(list(made.walk())[-1], signature)
    return made.as_bytes()
