"""Ask clamd, ClamAV's daemon, about bytes: its protocol INSTREAM, and nothing else of it.

Written from clamd(8) and clamd.conf(5): a command begins with `z` and ends with NUL, as its answer
does; a stream is chunks of a length (four bytes, network order) and data, ended by a length of
nought. More than StreamMaxLength is answered by an error and a closed connection.
"""

import socket
import struct
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from ispbill import environment

CONNECT_SECONDS = 3.0
ANSWER_SECONDS = 20.0  # of one stream as a whole: people wait for it, and a worker with them
VERSION_SECONDS = 3.0
_CHUNK = 64 * 1024
_LONGEST_ANSWER = 4096
_LONGEST_NAME = 120
_STREAM = "stream: "
_FOUND, _ERROR, _CLEAN = " FOUND", " ERROR", "stream: OK"
_TOO_LONG = "size limit exceeded"


class NotScanned(Exception):
    """There is no verdict: the scanner cannot be reached, took too long, or failed."""


class TooLong(NotScanned):
    """More bytes than the scanner takes (StreamMaxLength): it will never judge these."""


@dataclass(frozen=True)
class Version:
    """What a scanner is; `signatures_at` is None for one without a database of its makers."""

    text: str
    signatures_at: datetime | None


def found_in(content: bytes, address: str) -> str:
    """Return the name of what was found in bytes, "" for nothing. Raises NotScanned, TooLong."""
    said = _asked(address, b"zINSTREAM\0", content, seconds=ANSWER_SECONDS)
    if said == _CLEAN:
        return ""
    if said.startswith(_STREAM) and said.endswith(_FOUND):
        return _plain(said[len(_STREAM) : -len(_FOUND)]) or "?"
    if _TOO_LONG in said:
        raise TooLong(_plain(said))
    # Whatever else it may be: only a word we know is a verdict.
    raise NotScanned(_plain(said.removesuffix(_ERROR)) or "an empty answer")


def version(address: str) -> Version:
    """Return what answers there. Raises NotScanned.

    It says `ClamAV 1.4.3/27832/Tue Nov 25 08:36:02 2026`, the last two of its daily signatures.
    """
    said = _asked(address, b"zVERSION\0", seconds=VERSION_SECONDS)
    if not said.startswith("ClamAV "):
        raise NotScanned("no clamd answers there")
    *_parts, told = said.split("/")
    try:
        # Its own clock and zone; ages are told in days.
        at = datetime.strptime(told.strip(), "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    except ValueError:
        at = None
    return Version(_plain(said), at)


def _asked(address: str, command: bytes, content: bytes | None = None, *, seconds: float) -> str:
    give_up = time.monotonic() + seconds
    try:
        with _line(address) as line:
            try:
                _send(line, command, give_up)
                if content is not None:
                    _send_stream(line, content, give_up)
            except (BrokenPipeError, ConnectionResetError):
                pass  # it has said why before it hung up
            return _answer(line, give_up)
    except OSError as error:
        raise NotScanned(type(error).__name__) from error


def _line(address: str) -> socket.socket:
    family, place = environment.scanner(address)
    line = socket.socket(family, socket.SOCK_STREAM)
    line.settimeout(CONNECT_SECONDS)
    try:
        line.connect(place)
    except OSError:
        line.close()
        raise
    return line


def _send_stream(line: socket.socket, content: bytes, give_up: float) -> None:
    view = memoryview(content)
    for start in range(0, len(content), _CHUNK):
        piece = view[start : start + _CHUNK]
        _send(line, struct.pack("!I", len(piece)) + piece, give_up)
    _send(line, struct.pack("!I", 0), give_up)


def _send(line: socket.socket, data: bytes, give_up: float) -> None:
    line.settimeout(_left(give_up))
    line.sendall(data)


def _answer(line: socket.socket, give_up: float) -> str:
    said = b""
    while b"\0" not in said:
        line.settimeout(_left(give_up))
        piece = line.recv(_LONGEST_ANSWER)
        if not piece or len(said) > _LONGEST_ANSWER:
            raise NotScanned("it hung up in the middle of its answer")
        said += piece
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _left(give_up: float) -> float:
    left = give_up - time.monotonic()
    if left <= 0:
        raise NotScanned("it took too long")
    return left


def _plain(text: str) -> str:
    return "".join(one for one in text if one.isprintable())[:_LONGEST_NAME]
