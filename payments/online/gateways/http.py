"""One way to call a gateway: with deadlines, a size limit, no redirects and typed errors.

Every call goes through the one door out (`core.outbound`). Addresses are left out of every
message: SSLCommerz wants its password in the query string; and a port that is closed sounds like
one where something else answers. What is retried, and when, is for the caller: here nothing is
tried twice.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests

from ispbill.core import metering, outbound, outbound_http
from ispbill.core.addresses import WEB_PORTS, Fence
from payments.online.gateways.errors import GatewayDown

# Test systems of providers that listen elsewhere: host and port.
_TEST_SYSTEMS = frozenset({("sandbox.mynagad.com", 10080)})
_SILENT = "no answer"
_REFUSED, _SERVER_ERROR = 400, 500


def fence_for(host: str, port: int) -> Fence:
    """Return where a gateway's host may be."""
    own_port = {port} if (host.lower().rstrip("."), port) in _TEST_SYSTEMS else set()
    return outbound.web_fence(ports=WEB_PORTS | own_port)


def call(
    method: str,
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
    overall: float = outbound.OVERALL,
) -> tuple[int, bytes]:
    """Call and return status and body. Raises GatewayDown; `was_sent` says whether it arrived.

    `overall`: seconds for the whole of it.
    """
    place = urlsplit(url)
    labels = {"gateway": place.hostname or "", "call": method.lower()}
    sent = {"params": params, "data": form, "json": json, "headers": headers}
    try:
        status, body = _called(method, url, place, sent, overall)
    except GatewayDown:
        metering.count("gateway_calls_total", 1, **labels, result="down")
        raise
    result = "error" if status >= _SERVER_ERROR else "refused" if status >= _REFUSED else "ok"
    metering.count("gateway_calls_total", 1, **labels, result=result)
    return status, body


def _called(
    method: str, url: str, place: SplitResult, sent: dict[str, Any], overall: float
) -> tuple[int, bytes]:
    port = place.port or (443 if place.scheme == "https" else 80)
    with outbound.Leash(overall) as leash:
        try:
            with (
                outbound_http.session(fence_for(place.hostname or "", port), leash) as session,
                session.request(
                    method,
                    url,
                    **sent,
                    timeout=(outbound.CONNECT, overall),
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                body = _body(response)
        except outbound.Refused as error:
            raise GatewayDown("its address may not be called", was_sent=False) from error
        except (requests.exceptions.ConnectTimeout, requests.exceptions.SSLError) as error:
            raise GatewayDown(_SILENT, was_sent=False) from error
        except requests.exceptions.ConnectionError as error:
            # A refused connection never carried the request; one that broke off may have.
            was_sent = "NewConnectionError" not in repr(error)
            raise GatewayDown(_SILENT, was_sent=was_sent) from error
        except requests.exceptions.Timeout as error:
            raise GatewayDown("no answer in time") from error
        except requests.exceptions.RequestException as error:
            raise GatewayDown(type(error).__name__, was_sent=False) from error
        if leash.is_pulled:  # what was read until then may look like a whole answer
            raise GatewayDown("no whole answer in time")
        return response.status_code, body


def _body(response: requests.Response) -> bytes:
    body = bytearray()
    try:
        for part in response.iter_content(16_384):
            body += part
            if len(body) > outbound.LARGEST_ANSWER:
                raise GatewayDown("the answer is too large")
    except requests.exceptions.RequestException as error:
        raise GatewayDown("the answer broke off") from error
    return bytes(body)
