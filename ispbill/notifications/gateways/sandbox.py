"""The simulator's provider: JSON over HTTP on the loopback, with the manners of a real one."""

import http.client
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ispbill.core import outbound, outbound_http
from ispbill.notifications.gateways.base import (
    Accepted,
    Outcome,
    Outgoing,
    Rejected,
    Retry,
    Unknown,
)

CONNECT_SECONDS = 2.0


class SandboxGateway:
    """Talk to the message server whose address is written in `<directory>/messages.json`."""

    name = "sandbox"
    dedupes = True

    def __init__(self, directory: Path, *, answer_seconds: float = 10.0) -> None:
        self._address = directory / "messages.json"
        self._answer_seconds = answer_seconds

    def send(self, message: Outgoing) -> Outcome:
        try:
            address = json.loads(self._address.read_text("utf-8"))
            line = outbound_http.line(
                address["host"],
                address["port"],
                secure=False,
                fence=outbound.web_fence(),
                seconds=CONNECT_SECONDS,
            )
            line.connect()
        except (OSError, ValueError, KeyError, outbound.Refused):
            return Retry("The sandbox is not running.")
        try:
            line.sock.settimeout(self._answer_seconds)
            line.request(
                "POST",
                "/messages",
                body=json.dumps(asdict(message)).encode(),
                headers={"Authorization": f"Bearer {address['token']}"},
            )
            response = line.getresponse()
            return _outcome(response.status, _json(response.read()))
        except (OSError, http.client.HTTPException) as error:
            return Unknown(f"No answer: {type(error).__name__}")
        finally:
            line.close()


def _outcome(status: int, answer: dict[str, Any]) -> Outcome:
    reason = str(answer.get("error", ""))[:200]
    if status == 200 and "ref" in answer:
        return Accepted(ref=str(answer["ref"]))
    if status in {401, 429} or status >= 500:
        return Retry(f"{status} {reason}".strip())
    return Rejected(reason or f"Refused with {status}")


def _json(raw: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(raw)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
