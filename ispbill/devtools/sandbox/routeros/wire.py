"""The RouterOS API on the wire: length prefixes, words, sentences.

A word is a length prefix and its bytes; a sentence is words ended by a word of length zero.
Source: MikroTik, "API" in the RouterOS manual, section "API words" (big-endian prefix table).
"""

from collections.abc import Iterable

FIRST_RESERVED_BYTE = 0xF8
_SHORT = [bytes((length,)) for length in range(0x80)]


class WireError(Exception):
    """The peer sent something that is no API sentence; the connection must be closed."""


def encode_length(length: int) -> bytes:
    """Return the prefix of a word of `length` bytes (1 to 5 bytes)."""
    if length < 0x80:
        return bytes((length,))
    if length < 0x4000:
        return (length | 0x8000).to_bytes(2, "big")
    if length < 0x200000:
        return (length | 0xC00000).to_bytes(3, "big")
    if length < 0x10000000:
        return (length | 0xE0000000).to_bytes(4, "big")
    return b"\xf0" + length.to_bytes(4, "big")


def decode_length(data: bytes | bytearray, position: int = 0) -> tuple[int, int] | None:
    """Return a word's length and where it starts, or None when its prefix is not all there.

    Raises WireError for a reserved control byte.
    """
    if position >= len(data):
        return None
    first = data[position]
    if first < 0x80:
        extra, mask = 0, 0x7F
    elif first < 0xC0:
        extra, mask = 1, 0x3FFF
    elif first < 0xE0:
        extra, mask = 2, 0x1FFFFF
    elif first < 0xF0:
        extra, mask = 3, 0xFFFFFFF
    elif first < FIRST_RESERVED_BYTE:
        extra, mask = 4, 0xFFFFFFFF
    else:
        raise WireError("unknown control byte")
    start = position + 1 + extra
    if start > len(data):
        return None
    return int.from_bytes(data[position:start], "big") & mask, start


def encode_sentence(words: Iterable[str]) -> bytes:
    """Return a whole sentence with its closing empty word. Odd bytes go back as they came."""
    parts: list[bytes] = []
    for word in words:
        raw = word.encode("utf-8", "surrogateescape")
        parts.append(_SHORT[len(raw)] if len(raw) < 0x80 else encode_length(len(raw)))
        parts.append(raw)
    parts.append(b"\x00")
    return b"".join(parts)


class SentenceReader:
    """Collects bytes as they come and hands out whole sentences.

    `max_sentence_bytes` guards against a peer that never ends a sentence.
    """

    def __init__(self, *, max_sentence_bytes: int) -> None:
        self.max_sentence_bytes = max_sentence_bytes
        self._buffer = bytearray()
        self._words: list[str] = []
        self._size = 0

    def feed(self, data: bytes) -> list[list[str]]:
        """Return the sentences completed by `data`; empty sentences are left out.

        Raises WireError for a reserved control byte or an oversized sentence.
        """
        self._buffer += data
        sentences: list[list[str]] = []
        position = 0
        while (found := self._word_at(position)) is not None:
            word, position = found
            if word:
                self._size += len(word)
                self._words.append(word.decode("utf-8", "surrogateescape"))
                self._check_size(self._size)
            elif self._words:
                sentences.append(self._words)
                self._words, self._size = [], 0
        del self._buffer[:position]
        return sentences

    def _word_at(self, position: int) -> tuple[bytes, int] | None:
        found = decode_length(self._buffer, position)
        if found is None:
            return None
        length, start = found
        self._check_size(self._size + length)
        if start + length > len(self._buffer):
            return None
        return bytes(self._buffer[start : start + length]), start + length

    def _check_size(self, size: int) -> None:
        if size > self.max_sentence_bytes:
            raise WireError("sentence too long")
