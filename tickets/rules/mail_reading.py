"""What stands in an e-mail: who wrote, to what it answers, what it says, and whether a person did.

RFC 5322 (the form), 2045 (MIME), 3834 (automatic answers), 3464 (reports of delivery). Nothing in
a mail is believed: a text is what is left after all markup is taken away, a file only bytes.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage, Message, MIMEPart
from email.utils import getaddresses, parseaddr

import nh3

MOST_TEXT = 20_000
# Of a part the virus scanner has refused (`services.mail_screening`): what it found, or why else.
WITHHELD = "X-Ispbill-Withheld"
TOO_LARGE = "(too large)"
_IDS = re.compile(r"<[^<>\s]{3,250}>")
_NUMBER = re.compile(r"\[(TK-[0-9]{4}-[0-9]{5,})\]")
_STATUS = re.compile(r"([245])\.([0-9]{1,3})\.([0-9]{1,3})")
_TOKEN = re.compile(r"\+(tk-[0-9]{4}-[0-9]{5,})-([0-9a-f]{16})@")
_BREAKS = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6]|/blockquote)\b[^>]*>", re.I)
_TAGS = re.compile(r"<[^>]*>")
_KEPT_TAGS = {"br", "p", "div", "tr", "li", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
_WITH_CONTENT = {"script", "style", "title", "head", "form", "object", "svg", "math", "template"}
# "On Monday Amina wrote:" and what mail programs write in its place; what follows is quoted.
_QUOTES_FROM = re.compile(
    r"^(?:on\b.{4,200}\bwrote:|-{2,}\s*original message\s*-{2,}|_{20,}|from:\s.+@.+)\s*$", re.I
)
_PRECEDENCES = {"bulk", "list", "junk", "auto_reply"}
_MACHINES = ("mailer-daemon@", "postmaster@")
_NO_REPLY = re.compile(r"^(?:no[-_.]?reply|do[-_.]?not[-_.]?reply)\b", re.I)


@dataclass(frozen=True)
class File:
    """What was attached, not judged yet."""

    name: str
    content: bytes
    withheld: str = ""
    """What the virus scanner found in it; then it is not there any more."""


@dataclass(frozen=True)
class Bounce:
    """What a report of delivery tells of one message of ours."""

    recipient: str
    status: str
    """As RFC 3463 writes it: 5.1.1."""
    ref: str
    """The Message-ID the report tells of, without brackets; "" where it does not say."""
    reason: str = ""

    @property
    def is_final(self) -> bool:
        return self.status.startswith("5.")


@dataclass(frozen=True)
class Mail:
    """One e-mail, read."""

    sender: str
    """The address alone, in small letters."""
    name: str
    subject: str
    message_id: str
    """Without brackets; empty where there is none."""
    answers: tuple[str, ...]
    """Message-IDs it may answer: In-Reply-To, then References, the newest first."""
    addressed: tuple[tuple[str, str], ...]
    """Tickets named in the addresses it came to: (number, proof)."""
    text: str
    files: tuple[File, ...] = field(default=())
    machine: str = ""
    """Why no person wrote this; empty where one did."""
    bounces: tuple[Bounce, ...] = field(default=())

    @property
    def number(self) -> str:
        """The ticket's number in the subject."""
        found = _NUMBER.search(self.subject)
        return found[1] if found else ""

    @property
    def takes_no_reply(self) -> bool:
        return bool(_NO_REPLY.match(self.sender))


def read(raw: bytes) -> Mail:
    """Return what stands in a mail; what is broken in it is empty."""
    message: EmailMessage = message_from_bytes(raw, policy=policy.default)
    name, sender = parseaddr(_header(message, "From"))
    recipients = [_header(message, one) for one in ("To", "Cc", "Delivered-To", "X-Original-To")]
    text = _text(message)
    return Mail(
        sender=sender.strip().lower()[:254],
        name=_line(name)[:120],
        subject=_line(_header(message, "Subject"))[:255],
        message_id=next(iter(_ids(_header(message, "Message-ID"))), ""),
        answers=tuple(
            dict.fromkeys(
                [
                    *_ids(_header(message, "In-Reply-To")),
                    *reversed(_ids(_header(message, "References"))),
                ]
            )
        ),
        addressed=tuple(
            (found[1].upper(), found[2])
            for _named, address in getaddresses(recipients)
            if (found := _TOKEN.search(address.lower()))
        ),
        text=text[:MOST_TEXT],
        files=tuple(_files(message)),
        machine=_machine(message, sender.strip().lower()),
        bounces=tuple(_bounces(message)),
    )


def without_quotes(text: str) -> str:
    """Return what somebody has written anew; the whole where nothing else would be left."""
    kept: list[str] = []
    for line in text.splitlines():
        if _QUOTES_FROM.match(line.strip()) or line.rstrip() == "--":
            break
        if not line.lstrip().startswith(">"):
            kept.append(line.rstrip())
    found = "\n".join(kept).strip()
    return found or text.strip()


def plain(markup: str) -> str:
    """Return the text of HTML: no scripts, no pictures, no addresses nobody has read."""
    clean = nh3.clean(
        markup, tags=_KEPT_TAGS, clean_content_tags=_WITH_CONTENT, attributes={}, link_rel=None
    )
    text = html.unescape(_TAGS.sub("", _BREAKS.sub("\n", clean.replace("\n", " "))))
    lines = (" ".join(line.split()) for line in text.replace("\xa0", " ").splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _header(message: MIMEPart, name: str) -> str:
    try:
        return str(message.get(name) or "").replace("\0", "")  # no column takes one
    except (ValueError, LookupError, AttributeError, IndexError, TypeError):
        return ""  # the standard library trips over some broken headers


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())


def _ids(text: str) -> list[str]:
    return [one[1:-1] for one in _IDS.findall(text)]


def _text(message: EmailMessage) -> str:
    """Return the mail's words: plain ones where there are any."""
    for kind in ("plain", "html"):
        part = message.get_body(preferencelist=(kind,))
        if part is None:
            continue
        words = _decoded(part).replace("\0", "").replace("\r\n", "\n")
        words = plain(words) if kind == "html" else words.strip()
        if words:
            return words
    return ""


def _decoded(part: MIMEPart) -> str:
    try:
        return str(part.get_content())
    except (LookupError, ValueError, AttributeError, TypeError):
        content = part.get_payload(decode=True)
        return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


def _files(message: EmailMessage) -> Iterator[File]:
    for part in message.iter_attachments():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and content:
            name = _line(part.get_filename() or "").replace("/", "_").replace("\\", "_")
            yield File(name[-120:] or "file", content, _header(part, WITHHELD))


def _machine(message: EmailMessage, sender: str) -> str:
    """Return by what a mail shows that a machine has written it.

    Not `X-Auto-Response-Suppress`: office programs put it on what people write.
    """
    submitted = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    if submitted not in {"", "no"}:
        return f"Auto-Submitted: {submitted}"
    precedence = _header(message, "Precedence").strip().lower()
    if precedence in _PRECEDENCES:
        return f"Precedence: {precedence}"
    for name in ("List-Id", "X-Autoreply", "X-Autorespond"):
        if message.get(name) is not None:
            return name
    path = message.get("Return-Path")
    if path is not None and str(path).strip() in {"", "<>"}:
        return "Return-Path: <>"
    if message.get_content_type() == "multipart/report":
        return "multipart/report"
    if not sender or sender.startswith(_MACHINES):
        return sender or "no sender"
    return ""


def _bounces(message: EmailMessage) -> Iterator[Bounce]:
    """Yield what a report of delivery tells, a block for each recipient (RFC 3464, 2.3)."""
    if message.get_content_type() != "multipart/report":
        return
    ref, blocks = "", []
    for part in message.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            payload = part.get_payload()
            blocks = list(payload) if isinstance(payload, list) else []
        elif kind in {"message/rfc822", "text/rfc822-headers"}:
            ref = ref or _told_of(part)
    for block in blocks:
        status = _STATUS.search(str(block.get("Status") or ""))
        recipient = str(block.get("Final-Recipient") or "").partition(";")[2].strip().lower()
        if status and recipient and status[1] in "45":
            reason = _line(str(block.get("Diagnostic-Code") or ""))[:200]
            yield Bounce(recipient, status[0], ref, reason)


def _told_of(part: EmailMessage) -> str:
    """Return the Message-ID of the mail a report brings back, whole or its head alone."""
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        found = _ids(str(payload[0].get("Message-ID") or ""))
    else:
        inner = message_from_bytes(_decoded(part).encode(), policy=policy.default)
        found = _ids(str(inner.get("Message-ID") or ""))
    return found[0] if found else ""
