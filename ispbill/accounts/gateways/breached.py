"""How often a password is in a list of breached ones, asked of a range service.

The format is that of Pwned Passwords: `GET <address>/<the first five digits of its SHA-1>` brings
the rest of every hash that begins so, `REST:COUNT` a line; with `Add-Padding` also made-up ones
counted 0, so that the length tells nothing. The password, or its whole hash, goes to nobody.
"""

import hashlib
from urllib.parse import urlsplit

import requests

from ispbill.core import outbound, outbound_http
from ispbill.core.addresses import WEB_PORTS, Fence

CONNECT, OVERALL = 2.0, 3.0  # seconds: somebody waits with a form
_BEGINNING = 5


class NotAsked(Exception):
    """The service gave no answer that can be read; says why, in a word."""


def count(password: str, address: str) -> int:
    """Return how often a password is in the list. Raises NotAsked."""
    # Not to keep anything safe: it is what the service's list is made of.
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    beginning, rest = digest[:_BEGINNING], digest[_BEGINNING:]
    for line in _fetched(f"{address}/{beginning}").splitlines():
        found, _colon, times = line.strip().partition(":")
        if found.upper() == rest and times.isdecimal():
            return int(times)
    return 0


def _fetched(url: str) -> str:
    port = urlsplit(url).port
    fence = Fence(
        ports=WEB_PORTS | ({port} if port else set()),
        is_operators=True,  # its address stands in the settings; it may be a copy of our own
    )
    try:
        with outbound.Leash(OVERALL) as leash, outbound_http.session(fence, leash) as session:
            answer = session.get(
                url,
                headers={"Add-Padding": "true", "User-Agent": "ispbill"},
                timeout=(CONNECT, OVERALL),
                allow_redirects=False,
                stream=True,
            )
            raw = answer.raw.read(outbound.LARGEST_ANSWER, decode_content=True)
    except (outbound.Refused, requests.RequestException, OSError) as error:
        raise NotAsked(type(error).__name__) from error
    if answer.status_code != requests.codes.ok:
        raise NotAsked(f"answer {answer.status_code}")
    text: str = raw.decode("ascii", "replace")
    return text
