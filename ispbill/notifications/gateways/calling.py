"""One call to a provider's HTTP interface, with deadlines, and with what is known when it fails.

A line that could not be opened carried nothing; one that broke off later may have. Nothing is
tried twice here, and redirects are not followed. Addresses and bodies are left out of every
message: they hold keys and people's numbers.
"""

import base64
import http.client
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode, urlsplit

from ispbill.core import metering, outbound, outbound_http
from ispbill.notifications.gateways.base import NotTaken, Outcome, Retry, Unknown

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0  # of a provider that talks to a carrier before it answers
_BUSY, _SERVER_ERROR, _TIMED_OUT = 429, 500, 504


class NeverSent(Exception):
    """Nobody was reached: the provider has not got it."""


class NoAnswer(Exception):
    """The provider may have got it; nobody knows."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]
    """The JSON object it answered with; empty for anything else."""
    retry_after: int | None = None
    """Seconds."""

    @property
    def failure(self) -> Outcome | None:
        """Return what an answer means that every provider means alike: busy, or out of order."""
        if self.status == _BUSY:
            return Retry("429 too many messages", after=self.retry_after)
        if self.status == _TIMED_OUT:  # a go-between lost patience; who stands behind it goes on
            return Unknown("504 no answer in time behind the provider's gateway")
        if self.status >= _SERVER_ERROR:
            return Retry(f"{self.status} from the provider", after=self.retry_after)
        return None


def ask(
    method: str,
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    data: Any = None,
    raw: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    seconds: float | None = None,
) -> Answer:
    """Call and return the answer; `data` goes as JSON, `raw` as is. Raises NeverSent, NoAnswer."""
    place = urlsplit(url)
    sent = dict(headers or {})
    body = raw
    if form is not None:
        body = urlencode(form).encode()
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    elif data is not None:
        body = json.dumps(data).encode()
        sent["Content-Type"] = "application/json"
    target = f"{place.path or '/'}?{place.query}" if place.query else place.path or "/"
    labels = {"provider": place.hostname or "", "call": method.lower()}
    try:
        answer = _asked(method, url, target, body, sent, seconds or ANSWER_SECONDS)
    except (NeverSent, NoAnswer):
        metering.count("message_provider_calls_total", 1, **labels, result="down")
        raise
    result = "ok" if answer.status < 400 else "refused"
    metering.count("message_provider_calls_total", 1, **labels, result=result)
    return answer


def sent_by(method: str, url: str, **what: Any) -> Answer | Retry | Unknown:
    """Call for a message: the answer, or what it means for the message that there is none."""
    try:
        return ask(method, url, **what)
    except NeverSent as error:
        return Retry(str(error))
    except NoAnswer as error:
        return Unknown(str(error))


def outcome_of(read: Callable[[Answer], Outcome], method: str, url: str, **what: Any) -> Outcome:
    """Call for a message, and `read` what an answer means that is neither busy nor out of order."""
    answer = sent_by(method, url, **what)
    return answer.failure or read(answer) if isinstance(answer, Answer) else answer


def looked_up(url: str, **what: Any) -> dict[str, Any]:
    """Ask something that changes nothing. Raises NotTaken."""
    try:
        answer = ask("GET", url, **what)
    except (NeverSent, NoAnswer) as error:
        raise NotTaken(str(error)) from error
    if answer.status != 200:
        raise NotTaken(f"It answered {answer.status}.")
    return answer.body


def basic(user: str, password: str) -> str:
    """Return the Authorization header of RFC 7617."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def amount(value: object) -> Decimal | None:
    """Return an amount a provider tells, None when it makes no sense."""
    try:
        found = Decimal(str(value).replace(",", "").strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10**12 else None


def _asked(
    method: str, url: str, target: str, body: bytes | None, headers: dict[str, str], seconds: float
) -> Answer:
    place = urlsplit(url)
    secure = place.scheme == "https"
    with outbound.Leash(CONNECT_SECONDS + seconds) as leash:
        try:
            line = outbound_http.line(
                place.hostname or "",
                place.port or (443 if secure else 80),
                secure=secure,
                fence=outbound.web_fence(),
                seconds=CONNECT_SECONDS,
                leash=leash,
            )
            line.connect()
        except outbound.Refused as error:
            raise NeverSent("Its address may not be called.") from error
        except (OSError, ValueError) as error:
            raise NeverSent(f"Not reached: {type(error).__name__}") from error
        try:
            line.sock.settimeout(seconds)
            line.request(method, target, body=body, headers=headers)
            response = line.getresponse()
            raw = response.read(outbound.LARGEST_ANSWER)
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(f"No answer: {type(error).__name__}") from error
        finally:
            line.close()
        if leash.is_pulled:  # what was read until then may look like a whole answer
            raise NoAnswer("No whole answer in time.")
    return Answer(response.status, _json(raw), _seconds(response.headers.get("Retry-After", "")))


def _json(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _seconds(text: str) -> int | None:
    return min(int(text), 86_400) if text.isascii() and text.isdigit() else None
