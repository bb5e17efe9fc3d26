"""Hand one message to somebody else's server through the one door out.

Every address the name leads to is judged at each try, and the one that was judged is called.
"""

import time
from dataclasses import dataclass
from datetime import timedelta

import requests

from ispbill.core import outbound, outbound_http
from ispbill.webhooks.rules.retries import ANSWER_SECONDS, Outcome

LARGEST_ANSWER = 2_000  # bytes kept and read
_LONGEST_HEADER = 9  # digits of a `Retry-After`


@dataclass(frozen=True)
class Answer:
    """What came back. `error` says why there is no status; `took` is in milliseconds."""

    outcome: Outcome
    text: str = ""
    error: str = ""
    took: int = 0


def send(url: str, *, body: bytes, headers: dict[str, str]) -> Answer:
    """Send a body once; whatever happens out there is an answer, nothing is raised."""
    began = time.monotonic()
    try:
        outbound.web_place(url)
        status, text, asked = _call(url, body, headers)
    except (outbound.NotCallable, outbound.Refused) as error:
        return _silent(f"Refused: {error}", began)
    except (requests.RequestException, OSError, ValueError) as error:
        return _silent(type(error).__name__, began)
    return Answer(Outcome(status, asked), text=text, took=_passed(began))


def _call(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, timedelta | None]:
    with (
        outbound.Leash(ANSWER_SECONDS) as leash,
        outbound_http.session(outbound.web_fence(), leash) as session,
    ):
        answer = session.post(
            url,
            data=body,
            headers={**headers, "Accept-Encoding": "identity"},
            timeout=(outbound.CONNECT, ANSWER_SECONDS),
            allow_redirects=False,
            stream=True,
        )
        raw = answer.raw.read(LARGEST_ANSWER, decode_content=False)
        if leash.is_pulled:
            raise TimeoutError("the answer did not end in time")
        text = raw.decode("utf-8", "replace").replace("\0", "")
        return answer.status_code, text, _retry_after(answer.headers.get("Retry-After", ""))


def _retry_after(value: str) -> timedelta | None:
    """Read seconds; a date is not believed, our clocks may differ."""
    if value.isascii() and value.isdigit() and len(value) <= _LONGEST_HEADER:
        return timedelta(seconds=int(value))
    return None


def _silent(error: str, began: float) -> Answer:
    return Answer(Outcome(None), error=error[:200], took=_passed(began))


def _passed(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
