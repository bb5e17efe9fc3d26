"""librouteros with a buffer, deadlines and unchanged values.

The library reads the socket twice per word, logs every word (passwords too) and turns user `12345`
into a number. These subclasses keep its framing and replace its reading.
"""

import logging
import socket
import time
import unicodedata
from collections.abc import Iterator, Sequence

from librouteros.api import Api
from librouteros.connections import SocketTransport
from librouteros.exceptions import ConnectionClosed, FatalError, ProtocolError
from librouteros.protocol import ApiProtocol, decode_length, determine_length, encode_sentence

from network.gateways.base import ForbiddenCharacters, RouterNoPermission, RouterRejected

ENCODING = "utf-8"
PIPELINE_WINDOW = 16
_READ_BYTES = 262_144
# No router has so much to say at once; whoever announces more would fill our memory.
_MOST_WORD_BYTES = 16_777_216
_ROW = b"\x03!re"

# At DEBUG the library writes every word it sends, passwords included.
logging.getLogger("librouteros").setLevel(logging.INFO)

Words = dict[str, str]


class BufferedTransport(SocketTransport):
    """Reads in large pieces, and never longer than the deadline allows."""

    def __init__(self, sock: socket.socket, *, read_seconds: float) -> None:
        super().__init__(sock)
        self.buffer = bytearray()
        self._read_seconds = read_seconds
        self._deadline = time.monotonic() + read_seconds

    def allow(self, seconds: float) -> None:
        """Give the next operation so many seconds in all."""
        self._deadline = time.monotonic() + seconds

    def fill(self) -> None:
        """Wait for more bytes; raises TimeoutError or ConnectionClosed."""
        self.sock.settimeout(self._patience())
        data = self.sock.recv(_READ_BYTES)
        if not data:
            raise ConnectionClosed("Connection unexpectedly closed.")
        self.buffer += data

    def read(self, length: int) -> bytes:
        while len(self.buffer) < length:
            self.fill()
        data = bytes(self.buffer[:length])
        del self.buffer[:length]
        return data

    def write(self, data: bytes) -> None:
        self.sock.settimeout(self._patience())
        self.sock.sendall(data)

    def _patience(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the operation took too long")
        return min(left, self._read_seconds)


class BlockProtocol(ApiProtocol):
    """Sentences without logging, and whole tables at once."""

    transport: BufferedTransport

    def writeSentence(self, cmd: str, *words: str) -> None:
        self.transport.write(sentence(cmd, *words))

    def readSentence(self) -> tuple[str, tuple[str, ...]]:
        words: list[str] = []
        while not words:  # an empty sentence means nothing
            words = list(iter(self.readWord, ""))
        if words[0] == "!fatal":
            self.transport.close()
            raise FatalError(words[1] if len(words) > 1 else "")
        return words[0], tuple(words[1:])

    def readWord(self) -> str:
        first = self.transport.read(1)
        if first == b"\x00":
            return ""
        length = decode_length(first + self.transport.read(determine_length(first)))
        if length > _MOST_WORD_BYTES:
            raise ProtocolError("a word too long")
        return text_of(self.transport.read(length))

    def read_rows(self, columns: Sequence[str]) -> tuple[list[tuple[str, ...]], list[Words]]:
        """Read one answer; return its rows as tuples in the order of `columns`, and its traps.

        A missing column is an empty text. Rows whose columns come in an order seen before are cut
        out of the buffer by their length prefixes; any other is read word by word, and its order
        learnt.
        """
        rows: list[tuple[str, ...]] = []
        traps: list[Words] = []
        order: list[str] = []
        while True:
            self._take_alike(order, columns, rows)
            reply, words = self.readSentence()
            values = attributes(words)
            if reply == "!re":
                rows.append(tuple(values.get(name, "") for name in columns))
                _learn(order, values)
            elif reply == "!trap":
                traps.append(values)
            elif reply == "!done":
                return rows, traps

    def _take_alike(
        self, order: Sequence[str], columns: Sequence[str], rows: list[tuple[str, ...]]
    ) -> None:
        """Move the complete rows of known shape from the buffer to `rows`; stop at any other."""
        data = bytes(self.transport.buffer)
        found, position = _rows_alike(data, [(f"={name}=", len(name) + 2) for name in order])
        del self.transport.buffer[:position]
        if not data[:position].isascii():
            found = [*map(_decoded, found)]
        if tuple(order) != tuple(columns):
            places = [order.index(name) if name in order else len(order) for name in columns]
            found = [tuple([(*row, "")[place] for place in places]) for row in found]
        rows += found


def _learn(order: list[str], values: Words) -> None:
    """Put column names that are new into `order`, each after the one it followed."""
    place = 0
    for name in values:
        if name in order:
            place = order.index(name) + 1
        else:
            order.insert(place, name)
            place += 1


def _rows_alike(data: bytes, heads: Sequence[tuple[str, int]]) -> tuple[list[tuple[str, ...]], int]:
    """Cut rows made of words in this order, any of them left out, from the start of `data`.

    `heads` are (`=name=`, its length). Return the rows as Latin-1 text, and where the first other
    thing begins.
    """
    text = data.decode("latin-1")
    rows: list[tuple[str, ...]] = []
    position = 0
    try:
        while data.startswith(_ROW, position):
            at = position + 4
            row: list[str] = []
            for head, head_size in heads:
                length = data[at]
                if length < 0x80:
                    begin = at + 1
                elif length < 0xC0:
                    begin = at + 2
                    length = (length & 0x3F) << 8 | data[at + 1]
                else:
                    return rows, position
                if not text.startswith(head, begin):
                    row.append("")
                    continue
                at = begin + length
                row.append(text[begin + head_size : at])
            if data[at]:
                break
            position = at + 1
            rows.append(tuple(row))
    except IndexError:  # the row goes on in bytes that have not come yet
        pass
    return rows, position


def _decoded(row: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value if value.isascii() else text_of(value.encode("latin-1")) for value in row)


class TextApi(Api):
    """The library's commands, with every value left as the text the router sent."""

    protocol: BlockProtocol

    def readSentence(self) -> tuple[str, Words]:  # type: ignore[override]
        reply, words = self.protocol.readSentence()
        return reply, attributes(words)

    def readResponse(self) -> list[Words]:  # type: ignore[override]
        rows: list[Words] = []
        traps: list[Words] = []
        while True:
            reply, words = self.readSentence()
            if reply == "!trap":
                traps.append(words)
            elif reply == "!re" or (reply == "!done" and words):
                rows.append(words)
            if reply == "!done":
                if traps:
                    raise refusal(traps)
                return rows

    def pipeline(self, commands: Sequence[Sequence[str]]) -> list[str | RouterRejected]:
        """Send tagged commands, several in flight; return for each its `ret` or its refusal.

        They may be carried out in any order. Raises RouterNoPermission.
        """
        results: dict[int, str | RouterRejected | RouterNoPermission] = {}
        traps: dict[int, list[Words]] = {}
        unsent = iter(enumerate(commands))
        in_flight = 0
        while len(results) < len(commands):
            in_flight += self._send_tagged(unsent, PIPELINE_WINDOW - in_flight)
            reply, words = self.readSentence()
            number = int(words.get(".tag", "-1"))
            if not 0 <= number < len(commands):
                raise ProtocolError("an answer to a question nobody asked")
            if reply == "!trap":
                traps.setdefault(number, []).append(words)
            elif reply == "!done":
                in_flight -= 1
                failed = traps.get(number)
                results[number] = refusal(failed) if failed else words.get("ret", "")
        answers: list[str | RouterRejected] = []
        for number in range(len(commands)):
            result = results[number]
            if isinstance(result, RouterNoPermission):
                raise result
            answers.append(result)
        return answers

    def _send_tagged(self, unsent: Iterator[tuple[int, Sequence[str]]], room: int) -> int:
        data = b""
        count = 0
        while count < room:
            entry = next(unsent, None)
            if entry is None:
                break
            number, words = entry
            data += sentence(*words, f".tag={number}")
            count += 1
        if data:
            self.protocol.transport.write(data)
        return count


def sentence(*words: str) -> bytes:
    """Encode a sentence; raises ForbiddenCharacters before anything is sent.

    A carriage return or line feed inside a word could be a command to another server that listens
    where a router was expected.
    """
    for word in words:
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in word):
            raise ForbiddenCharacters(word.lstrip("=?").partition("=")[0][:40].strip() or "a word")
    encoded: bytes = encode_sentence(*words, encoding=ENCODING)
    return encoded


def text_of(raw: bytes) -> str:
    """Return a word as text. What is no UTF-8 was typed into Winbox on Windows: Windows-1252."""
    try:
        return raw.decode(ENCODING)
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def plain(text: str) -> str:
    """Return a router's words on one line and fit to be kept, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def attributes(words: Sequence[str]) -> Words:
    """Return `=name=value` and `.tag=value` words as a dictionary; anything else is left out."""
    values: Words = {}
    for word in words:
        name, delimiter, value = word.removeprefix("=").partition("=")
        if delimiter:
            values[name] = value
    return values


def refusal(traps: Sequence[Words]) -> "RouterRejected | RouterNoPermission":
    """Return the error for the traps of one answer."""
    message = "; ".join(filter(None, (plain(trap.get("message", "")) for trap in traps)))
    category = next((trap["category"] for trap in traps if "category" in trap), "")
    lowered = message.lower()
    if "permission" in lowered or "not permitted" in lowered:
        return RouterNoPermission(message)
    return RouterRejected(message, int(category) if category.isdigit() else None)
