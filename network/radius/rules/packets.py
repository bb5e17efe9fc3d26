"""RADIUS packets as bytes: what dynamic authorization needs of RFC 2865, 2869, 3576 and 5176.

A request's authenticator is MD5 over the packet with zeros in its place and the shared secret; an
answer's is made with the request's. Whoever cannot make it is not the router.
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import ip_address

HEAD = 20
MOST_BYTES = 4096
MIKROTIK = 14988
_VENDOR_SPECIFIC = 26
_NOTHING = bytes(16)


class Code(IntEnum):
    """What a packet is."""

    DISCONNECT_REQUEST = 40
    DISCONNECT_ACK = 41
    DISCONNECT_NAK = 42
    COA_REQUEST = 43
    COA_ACK = 44
    COA_NAK = 45


class Type(IntEnum):
    """The attributes we write or read."""

    USER_NAME = 1
    FRAMED_IP_ADDRESS = 8
    ACCT_SESSION_ID = 44
    MESSAGE_AUTHENTICATOR = 80
    ACCT_INTERIM_INTERVAL = 85
    FRAMED_POOL = 88
    ERROR_CAUSE = 101


VENDOR_TYPES = {
    "Mikrotik-Rate-Limit": 8,
    "Mikrotik-Address-List": 19,
    "Mikrotik-Delegated-IPv6-Pool": 22,
}
NO_SUCH_SESSION = 503


class Malformed(ValueError):
    """The bytes are no packet, or not one of the router we asked."""


@dataclass(frozen=True)
class Answer:
    """An answer that was proven to be the router's. `cause`: its Error-Cause, 0 without one."""

    code: Code
    cause: int

    @property
    def is_ack(self) -> bool:
        return self.code in (Code.DISCONNECT_ACK, Code.COA_ACK)

    @property
    def is_gone(self) -> bool:
        """Tell whether the router says that it has no such session."""
        return not self.is_ack and self.cause == NO_SUCH_SESSION


def attribute(name: str, value: str) -> bytes:
    """Return one attribute of a reply in its bytes. Raises ValueError for one we do not know."""
    if name in VENDOR_TYPES:
        inner = _tlv(VENDOR_TYPES[name], value.encode())
        return _tlv(_VENDOR_SPECIFIC, struct.pack("!I", MIKROTIK) + inner)
    kind = Type[name.upper().replace("-", "_")]
    if kind is Type.FRAMED_IP_ADDRESS:
        return _tlv(kind, ip_address(value).packed)
    if kind is Type.ACCT_INTERIM_INTERVAL:
        return _tlv(kind, struct.pack("!I", int(value)))
    return _tlv(kind, value.encode())


def request(code: Code, *, identifier: int, attributes: bytes, secret: bytes) -> bytes:
    """Return a whole request, signed."""
    length = HEAD + len(attributes)
    if length > MOST_BYTES:
        raise ValueError("too many attributes for one packet")
    head = struct.pack("!BBH", code, identifier, length)
    return head + hashlib.md5(head + _NOTHING + attributes + secret).digest() + attributes  # noqa: S324 - the protocol's own


def answer(data: bytes, *, asked: bytes, secret: bytes) -> Answer:
    """Read the answer to a request. Raises Malformed for what is not the router's answer to it."""
    if len(data) < HEAD:
        raise Malformed("too short")
    code, identifier, length = struct.unpack("!BBH", data[:4])
    if not HEAD <= length <= min(len(data), MOST_BYTES) or identifier != asked[1]:
        raise Malformed("not an answer to this request")
    body, proof = data[HEAD:length], data[4:HEAD]
    made = hashlib.md5(data[:4] + asked[4:HEAD] + body + secret).digest()  # noqa: S324
    if not hmac.compare_digest(made, proof):
        raise Malformed("signed with another secret")
    try:
        found = Code(code)
    except ValueError as error:
        raise Malformed(f"code {code}") from error
    if found not in _ANSWERS[Code(asked[0])]:
        raise Malformed(f"code {code}")
    return Answer(found, _cause(body))


_ANSWERS = {
    Code.DISCONNECT_REQUEST: (Code.DISCONNECT_ACK, Code.DISCONNECT_NAK),
    Code.COA_REQUEST: (Code.COA_ACK, Code.COA_NAK),
}


def _tlv(kind: int, value: bytes) -> bytes:
    if not 0 < len(value) <= 253:
        raise ValueError("an attribute has 1 to 253 bytes")
    return bytes((kind, len(value) + 2)) + value


def _cause(body: bytes) -> int:
    place = 0
    while place + 2 <= len(body):
        kind, length = body[place], body[place + 1]
        if length < 2 or place + length > len(body):
            raise Malformed("an attribute that ends nowhere")
        if kind == Type.ERROR_CAUSE and length == 6:
            return int.from_bytes(body[place + 2 : place + 6], "big")
        place += length
    return 0
