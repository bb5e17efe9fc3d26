"""Read a mailbox by IMAP4rev1 (RFC 3501), through the one door out (`core.outbound`).

The server's address is the owner's choice and may lie in our own network. Every answer has a
deadline, and a mail is asked for its size before it is fetched.
"""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from ispbill.core import outbound
from ispbill.core.addresses import Fence

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 30.0
WHOLE_SECONDS = 240.0  # of one visit, however slowly the server drips
_UIDS = re.compile(rb"[0-9]+")
_SIZE = re.compile(rb"RFC822\.SIZE ([0-9]+)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class NotRead(Exception):
    """The mailbox could not be read; says why, in English and without the password."""


@dataclass(frozen=True)
class Place:
    """Where a mailbox is, and what opens it."""

    host: str
    port: int
    security: str
    username: str
    password: str
    folder: str


class Box:
    """One folder, opened."""

    def __init__(self, line: imaplib.IMAP4, uid_validity: int, uid_next: int) -> None:
        self._line = line
        self.uid_validity = uid_validity
        self.uid_next = uid_next

    def newer(self, uid: int) -> list[int]:
        """Return the mails after one, in the order in which they came."""
        found = _numbers(self._asked("SEARCH", "UID", f"{uid + 1}:*"))
        return sorted(one for one in found if one > uid)  # "*" is always the last one

    def since(self, day: date) -> list[int]:
        """Return the mails that came on a day or later."""
        written = f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"
        return sorted(_numbers(self._asked("SEARCH", "SINCE", written)))

    def size(self, uid: int) -> int:
        """Return how many bytes a mail has; 0 for one that is gone."""
        for line in self._asked("FETCH", str(uid), "(RFC822.SIZE)"):
            if isinstance(line, bytes) and (found := _SIZE.search(line)):
                return int(found[1])
        return 0

    def whole(self, uid: int) -> bytes:
        """Return a mail; it stays unread."""
        return self._bytes(uid, "(BODY.PEEK[])")

    def head(self, uid: int) -> bytes:
        """Return a mail's header alone."""
        return self._bytes(uid, "(BODY.PEEK[HEADER])")

    def mark_seen(self, uid: int) -> None:
        self._asked("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")

    def _bytes(self, uid: int, what: str) -> bytes:
        for line in self._asked("FETCH", str(uid), what):
            if isinstance(line, tuple):
                return bytes(line[1])
        return b""

    def _asked(self, command: str, *what: str) -> list[Any]:
        try:
            state, data = self._line.uid(command, *what)
        except (OSError, imaplib.IMAP4.error) as error:
            raise NotRead(_words(error)) from error
        if state != "OK":
            raise NotRead(f"{command} was refused.")
        return [line for line in data if line is not None]


@contextmanager
def opened(place: Place) -> Iterator[Box]:
    """Open a folder for reading and marking. Raises NotRead."""
    with outbound.Leash(WHOLE_SECONDS) as leash:
        line = _line(place, leash)
        try:
            yield _selected(line, place)
        finally:
            try:
                line.logout()
            except (OSError, imaplib.IMAP4.error):
                line.shutdown()


def _selected(line: imaplib.IMAP4, place: Place) -> Box:
    try:
        line.login(place.username, place.password)
        state, _data = line.select(_quoted(place.folder))
        told = [line.response(name)[1] for name in ("UIDVALIDITY", "UIDNEXT")]
    except (OSError, imaplib.IMAP4.error) as error:
        raise NotRead(_words(error)) from error
    if state != "OK":
        raise NotRead("There is no such folder.")
    validity, following = (next(iter(_numbers(lines or [])), 0) for lines in told)
    return Box(line, validity, following)


def _line(place: Place, leash: outbound.Leash) -> imaplib.IMAP4:
    fence = Fence(ports=frozenset({place.port}), is_operators=True)

    class Line(imaplib.IMAP4):
        """IMAP4 whose connection goes to the address that was judged."""

        def _create_socket(self, timeout: float | None) -> socket.socket:
            seconds = timeout or CONNECT_SECONDS
            sock = outbound.connect(place.host, place.port, fence, seconds=seconds, leash=leash)
            sock.settimeout(ANSWER_SECONDS)
            if place.security != "TLS":
                return sock
            return ssl.create_default_context().wrap_socket(sock, server_hostname=place.host)

    try:
        line = Line(place.host, place.port, timeout=CONNECT_SECONDS)
        if place.security == "STARTTLS":
            line.starttls(ssl.create_default_context())
    except outbound.Refused as error:
        raise NotRead(f"Its address may not be called: {error.detail}") from error
    except (OSError, imaplib.IMAP4.error) as error:
        raise NotRead(_words(error)) from error
    return line


def _numbers(lines: list[Any]) -> list[int]:
    return [int(one) for line in lines if isinstance(line, bytes) for one in _UIDS.findall(line)]


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _words(error: Exception) -> str:
    """Return a server's words: it is never told the password back."""
    said = error.args[0] if error.args else ""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return f"{type(error).__name__}: {' '.join(text.split())}"[:200].removesuffix(": ")
