"""A router's RADIUS side on a real UDP socket, from RFC 5176 (dynamic authorization) alone.

It keeps sessions by Acct-Session-Id. A Disconnect-Request ends one, a CoA-Request notes the
attributes it carries; what names no session of it is answered with a NAK and error cause 503. A
request whose authenticator is wrong is dropped without a word, as the RFC demands. `mood` makes it
silent, refuse everything, or answer with another secret.
"""

import hashlib
import socket
import struct
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

_DISCONNECT, _COA = 40, 43
_ACK, _NAK = 1, 2  # above the request's code
_USER_NAME, _ADDRESS, _SESSION, _VENDOR, _CAUSE = 1, 8, 44, 26, 101
_NO_SESSION, _PROHIBITED = 503, 501


@dataclass
class NasSession:
    """A session on the router; `given` are the attributes CoA brought, by number."""

    session_id: str
    username: str
    address: str = ""
    given: dict[int | tuple[int, int], bytes] = field(default_factory=dict)


class RadiusNas:
    """The router: `with RadiusNas(secret="x") as nas: … nas.port`."""

    def __init__(self, *, secret: str, address: str = "127.0.0.1") -> None:
        self.secret, self.mood = secret.encode(), "obeys"
        self.sessions: dict[str, NasSession] = {}
        self.requests: list[tuple[int, str]] = []  # code and session, as they came
        self.dropped = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, 0))
        self._socket.settimeout(0.05)
        self.port: int = self._socket.getsockname()[1]
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def dial(self, session_id: str, username: str, address: str = "") -> NasSession:
        """Let somebody be on line."""
        self.sessions[session_id] = NasSession(session_id, username, address)
        return self.sessions[session_id]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ends.set()
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._ends.is_set():
            try:
                data, sender = self._socket.recvfrom(4096)
            except TimeoutError:
                continue
            answer = self._answered(data)
            if answer:
                self._socket.sendto(answer, sender)

    def _answered(self, data: bytes) -> bytes:
        code, identifier, length = struct.unpack("!BBH", data[:4])
        body = data[20:length]
        proof = hashlib.md5(data[:4] + bytes(16) + body + self.secret).digest()  # noqa: S324
        if proof != data[4:20] or code not in (_DISCONNECT, _COA):
            self.dropped += 1
            return b""
        told = dict(_attributes(body))
        name = told.get(_SESSION, b"").decode()
        self.requests.append((code, name))
        if self.mood == "silent" or (self.mood == "deaf to changes" and code == _COA):
            return b""
        cause = self._done(code, name, told)
        sign = b"another secret" if self.mood == "lies" else self.secret
        attributes = struct.pack("!BBI", _CAUSE, 6, cause) if cause else b""
        head = struct.pack(
            "!BBH", code + (_NAK if cause else _ACK), identifier, 20 + len(attributes)
        )
        return (
            head
            + hashlib.md5(head + data[4:20] + attributes + sign).digest()  # noqa: S324
            + attributes
        )

    def _done(self, code: int, name: str, told: dict[int | tuple[int, int], bytes]) -> int:
        """Do what is asked; return the error cause, or 0."""
        session = self.sessions.get(name)
        if session is None or told.get(_USER_NAME, b"").decode() != session.username:
            return _NO_SESSION
        if _ADDRESS in told and socket.inet_ntoa(told[_ADDRESS]) != session.address:
            return _NO_SESSION
        if self.mood == "refuses" or (self.mood == "refuses changes" and code == _COA):
            return _PROHIBITED
        if code == _DISCONNECT:
            del self.sessions[name]
        else:
            session.given |= told
        return 0


def _attributes(body: bytes) -> list[tuple[int | tuple[int, int], bytes]]:
    """Read attributes; a vendor's are keyed by (vendor, number)."""
    found: list[tuple[int | tuple[int, int], bytes]] = []
    place = 0
    while place + 2 <= len(body):
        kind, length = body[place], body[place + 1]
        value = body[place + 2 : place + length]
        if kind == _VENDOR:
            vendor = int.from_bytes(value[:4], "big")
            found.append(((vendor, value[4]), value[6 : 4 + value[5]]))
        else:
            found.append((kind, value))
        place += max(length, 2)
    return found
