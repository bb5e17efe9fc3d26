"""The one door out: everything that leaves this machine for an address somebody typed.

A call resolves the name, judges **every** address it leads to, and connects to exactly the address
that was judged: a second look-up, which could answer otherwise, never happens. TLS goes on
checking the name. Kinds of calls and their fences: docs/adr/0042-one-door-out.md.
"""

import ipaddress
import socket
import threading
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Self
from urllib.parse import urlsplit

from django.conf import settings

from ispbill.core.addresses import WEB_PORTS, Address, Fence, embedded

CONNECT = 5.0  # seconds to find somebody
OVERALL = 10.0  # seconds for an answer as a whole, however slowly it drips
LARGEST_ANSWER = 1_000_000  # bytes
_OWN_SECONDS = 60


class Refused(Exception):
    """Our own rules forbid calling this address. `detail` is a sentence's end, for staff."""

    def __init__(self, detail: str) -> None:
        self.detail = detail
        super().__init__(detail)


class UnknownName(OSError):
    """No address belongs to this name."""


class NotCallable(Exception):
    """Nothing of ours is ever called at this address; the message is a sentence's end."""


class Leash:
    """Hang up on every connection it holds when the time is over.

    A time-out of a socket bounds one read only; a peer that sends a byte now and then would hold
    the caller for ever.
    """

    def __init__(self, seconds: float) -> None:
        self._ends: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._pull)
        self._timer.daemon = True
        self.is_pulled = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()
        self._timer.join()
        for end in self._ends:
            end.close()

    def hold(self, sock: socket.socket) -> None:
        # A second handle of the same connection: TLS takes the first one away.
        self._ends.append(sock.dup())

    def _pull(self) -> None:
        self.is_pulled = True
        for end in self._ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it has ended by itself


def web_fence(*, ports: frozenset[int] = WEB_PORTS) -> Fence:
    """Return where web calls may go: public addresses, and the simulators where there are any."""
    return Fence(ports=ports, allows_simulators=settings.SIMULATORS)


def web_place(url: str) -> tuple[str, int]:
    """Return host and port of a web address of the right form. Raises NotCallable."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise NotCallable("that is not an address") from error
    simulated = web_fence().allows_simulators and parts.scheme == "http"
    if parts.scheme != "https" and not (simulated and host in {"127.0.0.1", "localhost", "::1"}):
        raise NotCallable("the address must begin with https://")
    if not host or "@" in parts.netloc or parts.fragment:
        raise NotCallable("the address must have no user, no password and no #")
    return host, port or (80 if parts.scheme == "http" else 443)


def check_web(url: str, *, is_known: bool = False) -> None:
    """Judge a web address before it is kept or called. Raises NotCallable.

    `is_known`: it was judged before, so a name nobody has at the moment may come back.
    """
    host, port = web_place(url)
    try:
        judged(host, port, web_fence())
    except Refused as error:
        raise NotCallable(error.detail) from error
    except UnknownName as error:
        if not is_known:
            raise NotCallable("nobody has this name") from error


def judged(host: str, port: int, fence: Fence) -> list[Address]:
    """Return the addresses of a host, all of them allowed. Raises Refused, UnknownName.

    One address that is not allowed refuses them all: whoever answers for the name chooses the
    order. How long the look-up takes is bounded by the system's resolver, not by us.
    """
    addresses = _resolved(host, port)
    for address in addresses:
        refused = fence.refusal(address, port) or _own(address, port, fence)
        if refused:
            raise Refused(refused)
    return addresses


def connect(
    host: str, port: int, fence: Fence, *, seconds: float = CONNECT, leash: Leash | None = None
) -> socket.socket:
    """Return a connection to an address that was judged. Raises Refused, and OSError."""
    return connect_to(judged(host, port, fence), port, seconds=seconds, leash=leash)


def connect_to(
    addresses: Sequence[Address], port: int, *, seconds: float, leash: Leash | None = None
) -> socket.socket:
    """Connect to the first of judged addresses that answers; `seconds` are for all together."""
    give_up = time.monotonic() + seconds
    failure: OSError = UnknownName("no address")
    for address in addresses:
        left = give_up - time.monotonic()
        if left <= 0:
            raise TimeoutError("no connection in time")
        try:
            sock = socket.create_connection((str(address), port), timeout=left)
        except OSError as error:
            failure = error
            continue
        sock.settimeout(seconds)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if leash is not None:
            leash.hold(sock)
        return sock
    raise failure


def _resolved(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError) as error:
        raise UnknownName(f"the name {host!r} is not known") from error
    texts = dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found)
    return [ipaddress.ip_address(text) for text in texts]


def _own(address: Address, port: int, fence: Fence) -> str:
    """Return why an address is one of our own servers', or an empty text."""
    plain = embedded(address)
    if (str(plain), port) in fence.endpoints:
        return ""
    here = frozenset(_own_places())
    # On a machine that carries everything itself, the port tells a simulator or a mail server
    # from the database; elsewhere nothing at such an address is called.
    shares = plain.is_loopback or fence.is_operators
    if (plain, port) in here or (not shares and any(plain == own for own, _port in here)):
        return f"{address} is one of our own servers"
    if not shares and _is_this_machine(plain):
        return f"{address} is one of our own servers"
    return ""


def _own_places() -> tuple[tuple[Address, int], ...]:
    urls = [settings.PUBLIC_URL, settings.CELERY_BROKER_URL, _text(settings.CACHES["default"])]
    places = [_place(url) for url in urls]
    for database in settings.DATABASES.values():
        places.append((str(database.get("HOST") or ""), int(database.get("PORT") or 5432)))
    return _looked_up(
        tuple(dict.fromkeys(place for place in places if place[0] and "/" not in place[0])),
        int(time.monotonic() // _OWN_SECONDS),
    )


@lru_cache(maxsize=4)
def _looked_up(
    places: tuple[tuple[str, int], ...], _minute: int
) -> tuple[tuple[Address, int], ...]:
    found: list[tuple[Address, int]] = []
    for host, port in places:
        try:
            found += [(embedded(address), port) for address in _resolved(host, port)]
        except UnknownName:
            continue  # a server without an address cannot be called by mistake
    return tuple(found)


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    usual = {"https": 443, "http": 80}.get(parts.scheme, 6379)
    return parts.hostname or "", parts.port or usual


def _text(cache: dict[str, Any]) -> str:
    location = cache["LOCATION"]
    return str(location[0] if isinstance(location, list | tuple) else location)


def _is_this_machine(address: Address) -> bool:
    """Tell whether an address is one of this machine: only then would it speak from it to it."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((str(address), 9))  # a datagram socket: nothing is sent
            return str(probe.getsockname()[0]).partition("%")[0] == str(address)
    except OSError:
        return False
