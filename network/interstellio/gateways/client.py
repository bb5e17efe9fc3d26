"""Interstellio's API as far as usage needs it: log in, list subscribers, hours of one.

One call at a time, no faster than agreed. 429 and failures of theirs are asked again after a while
(`Retry-After` where it is given); a token that is refused is renewed once. Tokens live in this
object only.
"""

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests

from ispbill.core import outbound, outbound_http
from network.interstellio.gateways.errors import (
    InterstellioError,
    Misconfigured,
    Refused,
    Unreachable,
)

ANSWER_SECONDS = 20.0
TRIES = 4
LONGEST_WAIT = 60.0
A_PAGE = 50  # the most they give
_MOST_PAGES = 2_000
_DENIED, _NO_CREDIT, _FORBIDDEN, _TOO_MANY, _BROKEN = 401, 402, 403, 429, 500


@dataclass(frozen=True, kw_only=True)
class Account:
    """Where and as whom we ask."""

    identity: str
    subscriber: str
    telemetry: str
    domain: str
    tenant_id: str
    username: str
    password: str = field(repr=False)
    time_zone: str
    calls_a_second: int


@dataclass(frozen=True)
class Subscriber:
    """Somebody they count."""

    remote_id: str
    username: str


class Interstellio:
    """A conversation; `sleep` waits (tests wait less)."""

    def __init__(self, account: Account, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._account, self._sleep = account, sleep
        self._token, self._next = "", 0.0

    def log_in(self) -> None:
        """Get a token. Raises InterstellioError."""
        self._token = ""
        answer = self._tried(
            "POST",
            f"{self._account.identity}/v3/token",
            {
                "domain": self._account.domain,
                "username": self._account.username,
                "password": self._account.password,
            },
        )
        token = answer.get("token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            raise Unreachable("the login gave no token")
        self._token = token

    def subscribers(self) -> Iterator[Subscriber]:
        """Yield everybody, page by page. Raises InterstellioError."""
        for page in range(1, _MOST_PAGES):
            query = urlencode({"l": A_PAGE, "p": page})
            answer = self._asked("GET", f"{self._account.subscriber}/v1/subscribers?{query}", None)
            rows = _listed(answer)
            for row in rows:
                yield Subscriber(str(row.get("id", "")), str(row.get("username", "")))
            if len(rows) < A_PAGE:
                return

    def hours(self, remote_id: str, *, start: datetime, end: datetime) -> list[Mapping[str, Any]]:
        """Return the hourly rows of one as they came. Raises InterstellioError."""
        body = {"start": start.isoformat(), "end": end.isoformat()}
        place = f"{self._account.telemetry}/v1/subscriber/{remote_id}/data/hourly"
        return _listed(self._asked("POST", place, body))

    def _asked(self, method: str, url: str, body: Mapping[str, Any] | None) -> Any:
        if not self._token:
            self.log_in()
        try:
            return self._tried(method, url, body)
        except _Denied:
            self.log_in()
        try:
            return self._tried(method, url, body)
        except _Denied as error:
            raise Misconfigured("the login is refused") from error

    def _tried(self, method: str, url: str, body: Mapping[str, Any] | None) -> Any:
        """Ask, and again after a while where that may help."""
        problem = ""
        for attempt in range(TRIES):
            self._pace()
            try:
                status, raw, wait = self._call(method, url, body)
            except (requests.RequestException, OSError) as error:
                status, raw, wait, problem = 0, b"", None, type(error).__name__
            if status and status < _BROKEN and status != _TOO_MANY:
                return _read(status, raw, has_token=bool(self._token))
            if status:
                problem = f"status {status}"
            if attempt + 1 < TRIES:
                pause = wait if wait is not None else 2**attempt * (1 + random.random() / 4)  # noqa: S311
                self._sleep(min(pause, LONGEST_WAIT))
        raise Unreachable(problem)

    def _pace(self) -> None:
        now = time.monotonic()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + 1 / self._account.calls_a_second

    def _call(
        self, method: str, url: str, body: Mapping[str, Any] | None
    ) -> tuple[int, bytes, float | None]:
        headers = {
            "X-Domain": self._account.domain,
            "X-Tenant-ID": self._account.tenant_id,
            "X-Timezone": self._account.time_zone,
            "Accept": "application/json",
        }
        if self._token:
            headers["X-Auth-Token"] = self._token
        parts = urlsplit(url)
        try:
            with (
                outbound.Leash(ANSWER_SECONDS) as leash,
                outbound_http.session(outbound.web_fence(), leash) as session,
                session.request(
                    method,
                    url,
                    json=body,
                    headers=headers,
                    timeout=(outbound.CONNECT, ANSWER_SECONDS),
                    allow_redirects=False,
                    stream=True,
                ) as answer,
            ):
                raw = answer.raw.read(outbound.LARGEST_ANSWER + 1, decode_content=True)
                if leash.is_pulled:
                    raise TimeoutError("the answer did not end in time")
                wait = answer.headers.get("Retry-After", "")
        except outbound.Refused as error:
            raise Misconfigured(f"{parts.hostname} may not be called: {error.detail}") from error
        if len(raw) > outbound.LARGEST_ANSWER:
            raise Unreachable("the answer is too large")
        return answer.status_code, raw, float(wait) if wait.isascii() and wait.isdigit() else None


class _Denied(Misconfigured):
    """The token is not, or no longer, good."""


def _read(status: int, raw: bytes, *, has_token: bool) -> Any:
    if status == _DENIED:
        raise (
            _Denied("the login is refused") if has_token else Misconfigured("the login is refused")
        )
    if status == _NO_CREDIT:
        raise Misconfigured("the account there is out of credits")
    if status == _FORBIDDEN:
        raise Misconfigured("the user there has too few rights")
    if not 200 <= status < 300:
        raise Refused(f"status {status}")
    try:
        return json.loads(raw or b"null")
    except ValueError as error:
        raise Unreachable("the answer is no JSON") from error


def _listed(answer: Any) -> list[Mapping[str, Any]]:
    """Return a list that came bare, or under `payload`."""
    rows = answer.get("payload") if isinstance(answer, dict) else answer
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InterstellioError("the answer is no list")
    return rows
