"""The age format, version 1: a stream sealed for whoever holds one of some keys.

The header holds a file key, wrapped once for each recipient (X25519); the body is ChaCha20-Poly1305
in chunks of 64 KiB, each with its place and whether it is the last, so that a file cut short or put
together anew does not open. `age -d -i KEY FILE` opens what is written here.
Source: age-encryption.org/v1 (C2SP, age.md).
"""

import base64
import hmac
import os
from collections.abc import Sequence
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ispbill.core import bech32

_VERSION = b"age-encryption.org/v1\n"
_X25519 = b"age-encryption.org/v1/X25519"
_CHUNK, _TAG = 64 * 1024, 16
_PUBLIC, _SECRET = "age", "age-secret-key-"
_LONGEST_HEADER_LINE = 256


class Unopened(ValueError):
    """None of the keys opens it, it was altered, it was cut short, or it is no such file."""


def new_identity() -> str:
    """Return a fresh secret key as age writes it; its recipient is `recipient_of`."""
    raw = X25519PrivateKey.generate().private_bytes_raw()
    return bech32.encode(_SECRET, raw).upper()


def recipient_of(identity: str) -> str:
    """Return the public key that belongs to a secret one. Raises ValueError."""
    return bech32.encode(_PUBLIC, _secret(identity).public_key().public_bytes_raw())


def identities_in(text: str) -> list[str]:
    """Return the secret keys a file of `age-keygen` holds, a line each; remarks are left out."""
    return [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]


class Writer:
    """Seal what is written into `target` for each of the recipients; `close` ends the last chunk.

    Raises ValueError for a recipient that is none. Closing leaves `target` open.
    """

    def __init__(self, target: BinaryIO, recipients: Sequence[str]) -> None:
        if not recipients:
            raise ValueError("nobody could open a file without recipients")
        file_key, nonce = os.urandom(16), os.urandom(16)
        stanzas = b"".join(_wrapped(file_key, recipient) for recipient in recipients)
        head = _VERSION + stanzas + b"---"
        target.write(head + b" " + _text(_mac(file_key, head)) + b"\n" + nonce)
        self._cipher = ChaCha20Poly1305(_derived(file_key, salt=nonce, info=b"payload"))
        self._target = target
        self._held = bytearray()
        self._chunks = 0

    def write(self, content: bytes) -> int:
        self._held += content
        # A whole chunk stays until more comes: the last one must know that it is.
        while len(self._held) > _CHUNK:
            self._seal(bytes(self._held[:_CHUNK]), is_last=False)
            del self._held[:_CHUNK]
        return len(content)

    def close(self) -> None:
        self._seal(bytes(self._held), is_last=True)
        self._held.clear()

    def _seal(self, chunk: bytes, *, is_last: bool) -> None:
        nonce = _place(self._chunks, is_last=is_last)
        self._target.write(self._cipher.encrypt(nonce, chunk, None))
        self._chunks += 1


class Reader:
    """Read what was sealed for one of the identities. Raises Unopened, at the latest at the end."""

    def __init__(self, source: BinaryIO, identities: Sequence[str]) -> None:
        file_key = _file_key(source, [_secret(identity) for identity in identities])
        self._cipher = ChaCha20Poly1305(
            _derived(file_key, salt=_exactly(source, 16), info=b"payload")
        )
        self._source = source
        self._ahead = source.read(_CHUNK + _TAG)
        self._opened = bytearray()
        self._chunks = 0
        self._is_over = False

    def read(self, size: int = -1) -> bytes:
        while not self._is_over and (size < 0 or len(self._opened) < size):
            self._open_next()
        end = len(self._opened) if size < 0 else size
        content = bytes(self._opened[:end])
        del self._opened[:end]
        return content

    def _open_next(self) -> None:
        sealed = self._ahead
        self._ahead = self._source.read(_CHUNK + _TAG) if len(sealed) == _CHUNK + _TAG else b""
        is_last = not self._ahead
        try:
            nonce = _place(self._chunks, is_last=is_last)
            self._opened += self._cipher.decrypt(nonce, sealed, None)
        except (InvalidTag, ValueError) as error:
            raise Unopened("the file was altered or cut short") from error
        self._chunks += 1
        self._is_over = is_last


def _file_key(source: BinaryIO, keys: list[X25519PrivateKey]) -> bytes:
    head = _line(source)
    if head != _VERSION:
        raise Unopened("this is no file in the age format")
    found: bytes | None = None
    while True:
        line = _line(source)
        if line.startswith(b"---"):
            break
        head += line
        if line.startswith(b"-> X25519 "):
            body = _line(source)
            head += body
            found = found or _unwrapped(line.split()[2], body, keys)
    if found is None:
        raise Unopened("none of the keys opens this file")
    if not hmac.compare_digest(line[4:].strip(), _text(_mac(found, head + b"---"))):
        raise Unopened("the head of the file was altered")
    return found


def _unwrapped(share: bytes, body: bytes, keys: list[X25519PrivateKey]) -> bytes | None:
    ephemeral = _bytes(share)
    for key in keys:
        shared = key.exchange(X25519PublicKey.from_public_bytes(ephemeral))
        own = key.public_key().public_bytes_raw()
        wrapping = _derived(shared, salt=ephemeral + own, info=_X25519)
        try:
            return ChaCha20Poly1305(wrapping).decrypt(bytes(12), _bytes(body), None)
        except InvalidTag:
            continue
    return None


def _wrapped(file_key: bytes, recipient: str) -> bytes:
    public = bech32.decode(_PUBLIC, recipient)
    once = X25519PrivateKey.generate()
    ephemeral = once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(public))
    wrapping = _derived(shared, salt=ephemeral + public, info=_X25519)
    body = ChaCha20Poly1305(wrapping).encrypt(bytes(12), file_key, None)
    return b"-> X25519 " + _text(ephemeral) + b"\n" + _text(body) + b"\n"


def _secret(identity: str) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(bech32.decode(_SECRET, identity.lower()))


def _derived(secret: bytes, *, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=info).derive(secret)


def _mac(file_key: bytes, head: bytes) -> bytes:
    return hmac.digest(_derived(file_key, salt=b"", info=b"header"), head, "sha256")


def _place(chunk: int, *, is_last: bool) -> bytes:
    return chunk.to_bytes(11, "big") + bytes([is_last])


def _text(raw: bytes) -> bytes:
    return base64.b64encode(raw).rstrip(b"=")


def _bytes(text: bytes) -> bytes:
    text = text.strip()
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except ValueError as error:
        raise Unopened("the head of the file was altered") from error


def _line(source: BinaryIO) -> bytes:
    found = bytearray()
    while not found.endswith(b"\n"):
        one = source.read(1)
        if not one or len(found) > _LONGEST_HEADER_LINE:
            raise Unopened("this is no file in the age format")
        found += one
    return bytes(found)


def _exactly(source: BinaryIO, size: int) -> bytes:
    found = source.read(size)
    if len(found) != size:
        raise Unopened("the file was cut short")
    return found
