"""HTTP through the one door out (`core.outbound`): for requests, and for http.client.

Only the making of the connection is replaced, so the Host header, SNI and the check of the
certificate still go by the name that was asked for.
"""

import http.client
import socket
import ssl
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from ispbill.core import outbound
from ispbill.core.addresses import Fence
from ispbill.core.outbound import Leash


def session(fence: Fence, leash: Leash) -> requests.Session:
    """Return a session that calls only where the fence allows, and hangs up with the leash.

    No proxy and no .netrc: an address is what it says. Nothing is tried twice. A call may raise
    `outbound.Refused` beside what requests raises; pass `allow_redirects=False`.
    """
    made = requests.Session()
    made.trust_env = False
    adapter = _Adapter(fence, leash)
    made.mount("https://", adapter)
    made.mount("http://", adapter)
    return made


def line(
    host: str, port: int, *, secure: bool, fence: Fence, seconds: float, leash: Leash | None = None
) -> http.client.HTTPConnection:
    """Return an http.client connection, not connected yet; `seconds` are for connecting.

    `connect()` raises `outbound.Refused` beside what http.client raises.
    """
    if secure:
        return _SecureLine(host, port, fence=fence, seconds=seconds, leash=leash)
    return _Line(host, port, fence=fence, seconds=seconds, leash=leash)


class _Line(http.client.HTTPConnection):
    def __init__(
        self, host: str, port: int, *, fence: Fence, seconds: float, leash: Leash | None
    ) -> None:
        super().__init__(host, port, timeout=seconds)
        self._fence, self._leash, self._seconds = fence, leash, seconds

    def connect(self) -> None:
        self.sock = outbound.connect(
            self.host, self.port, self._fence, seconds=self._seconds, leash=self._leash
        )


class _SecureLine(_Line):
    def connect(self) -> None:
        super().connect()
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


class _Adapter(HTTPAdapter):
    def __init__(self, fence: Fence, leash: Leash) -> None:
        self._fence, self._leash = fence, leash
        super().__init__(max_retries=0)

    def init_poolmanager(self, *_args: Any, **_kwargs: Any) -> None:
        self.poolmanager = PoolManager(num_pools=2, maxsize=1)
        self.poolmanager.pool_classes_by_scheme = _pools(self._fence, self._leash)


def _pools(fence: Fence, leash: Leash) -> dict[str, type[HTTPConnectionPool]]:
    """Return pools whose connections go through the door. They live as long as one session."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _through(self, fence, leash)

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _through(self, fence, leash)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


def _through(asked: HTTPConnection, fence: Fence, leash: Leash) -> socket.socket:
    """Connect, with failures told in urllib3's own words."""
    timeout = asked.timeout
    seconds = float(timeout) if isinstance(timeout, int | float) else outbound.CONNECT
    try:
        return outbound.connect(asked.host, asked.port or 443, fence, seconds=seconds, leash=leash)
    except TimeoutError as error:
        raise ConnectTimeoutError(asked, "no connection in time") from error
    except OSError as error:
        raise NewConnectionError(asked, "no connection") from error
