"""One HTTP exchange that knows whether the request can have arrived.

The standard library is used because it lets us connect first and send afterwards: a connection
that was never made is certain, everything after it is not.
"""

import http.client
import ipaddress
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from ispbill.core import outbound, outbound_http
from payments.online.gateways.netcash.contract import NetcashDown

MOST_BYTES = 16_000_000
_CHUNK = 65_536
# Answers that say the request was not carried out; 408 and 409 do not say it.
_NOT_DONE = frozenset({400, 401, 403, 404, 405, 411, 413, 414, 415, 429, 431})


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes


def check_address(url: str) -> None:
    """Raise ValueError unless keys may be sent there: HTTPS, or this machine's own loopback."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and _is_loopback(parts.hostname or ""):
        return
    raise ValueError("Netcash must be called by https")


def post(
    url: str,
    *,
    body: bytes,
    headers: dict[str, str],
    timeout: tuple[float, float],
    most_bytes: int = MOST_BYTES,
) -> Reply:
    """Return the answer, whatever its status, except one that says nothing was carried out.

    `timeout`: seconds to connect, and seconds for the whole answer. Redirects are not followed:
    nobody else gets our keys. Raises NetcashDown; which of its ports are open it does not tell.
    """
    connect_seconds, answer_seconds = timeout
    with outbound.Leash(connect_seconds + answer_seconds) as leash:
        line = _line(url, connect_seconds, leash)
        try:
            line.connect()
        except outbound.Refused as error:
            raise NetcashDown("its address may not be called", was_sent=False) from error
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            line.close()
            raise NetcashDown("no connection", was_sent=False) from error
        return _asked(line, url, body, headers, answer_seconds, most_bytes)


def _asked(
    line: http.client.HTTPConnection,
    url: str,
    body: bytes,
    headers: dict[str, str],
    answer_seconds: float,
    most_bytes: int,
) -> Reply:
    give_up = time.monotonic() + answer_seconds
    try:
        line.sock.settimeout(answer_seconds)
        line.request("POST", urlsplit(url).path or "/", body=body, headers=headers)
        response = line.getresponse()
        answer = _read(line, response, give_up, most_bytes)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NetcashDown(f"no answer: {type(error).__name__}", was_sent=True) from error
    finally:
        line.close()
    if response.status in _NOT_DONE:
        raise NetcashDown(f"answered with status {response.status}", was_sent=False)
    return Reply(response.status, answer)


def _read(
    line: http.client.HTTPConnection,
    response: http.client.HTTPResponse,
    give_up: float,
    most_bytes: int,
) -> bytes:
    parts: list[bytes] = []
    size = 0
    while chunk := response.read(_CHUNK):
        size += len(chunk)
        if size > most_bytes:
            raise NetcashDown("the answer is too large", was_sent=True)
        parts.append(chunk)
        left = give_up - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if line.sock is not None:
            line.sock.settimeout(left)
    if response.length:
        raise NetcashDown("the answer broke off", was_sent=True)
    return b"".join(parts)


def _line(url: str, seconds: float, leash: outbound.Leash) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    return outbound_http.line(
        parts.hostname or "",
        parts.port or (443 if secure else 80),
        secure=secure,
        fence=outbound.web_fence(),
        seconds=seconds,
        leash=leash,
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
