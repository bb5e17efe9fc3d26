"""One way to call a gateway: with deadlines, a size limit, no redirects and typed errors.

Addresses are left out of every message: SSLCommerz wants its password in the query string. What
is retried, and when, is for the caller: here nothing is tried twice.
"""

import time
from collections.abc import Mapping
from typing import Any

import requests

from payments.gateways.errors import GatewayDown

CONNECT = 5.0  # seconds
READ = 20.0  # seconds between two reads
OVERALL = 30.0  # seconds for an answer as a whole, however slowly it drips
LARGEST_ANSWER = 1_000_000  # bytes


def call(
    method: str,
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    json: Any = None,
    headers: Mapping[str, str] | None = None,
    read_timeout: float = READ,
) -> tuple[int, bytes]:
    """Call and return status and body. Raises GatewayDown; `was_sent` says whether it arrived."""
    deadline = time.monotonic() + OVERALL
    try:
        with requests.Session() as session:
            session.trust_env = False  # no proxy, no .netrc: an address is what it says
            with session.request(
                method,
                url,
                params=params,
                data=form,
                json=json,
                headers=headers,
                timeout=(CONNECT, read_timeout),
                allow_redirects=False,
                stream=True,
            ) as response:
                return response.status_code, _body(response, deadline)
    except requests.exceptions.ConnectTimeout as error:
        raise GatewayDown("no connection in time", was_sent=False) from error
    except requests.exceptions.SSLError as error:
        raise GatewayDown("no secure connection", was_sent=False) from error
    except requests.exceptions.ConnectionError as error:
        # A refused connection never carried the request; one that broke off may have.
        was_sent = "NewConnectionError" not in repr(error)
        raise GatewayDown("the connection failed", was_sent=was_sent) from error
    except requests.exceptions.Timeout as error:
        raise GatewayDown("no answer in time") from error
    except requests.exceptions.RequestException as error:
        raise GatewayDown(type(error).__name__, was_sent=False) from error


def _body(response: requests.Response, deadline: float) -> bytes:
    body = bytearray()
    try:
        for part in response.iter_content(16_384):
            body += part
            if len(body) > LARGEST_ANSWER:
                raise GatewayDown("the answer is too large")
            if time.monotonic() > deadline:
                raise GatewayDown("no whole answer in time")
    except requests.exceptions.RequestException as error:
        raise GatewayDown("the answer broke off") from error
    return bytes(body)
