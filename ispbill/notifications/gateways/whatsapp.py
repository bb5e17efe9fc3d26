"""WhatsApp through Meta's Cloud API.

Outside of 24 hours after the customer's last message only approved templates are taken, so every
message goes as one: a template of the operator's with a single parameter that is the text. In a
parameter no line may break and no more than four spaces may follow each other.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from ispbill.notifications.gateways import calling
from ispbill.notifications.gateways.base import (
    Accepted,
    Balance,
    Outcome,
    Outgoing,
    Rejected,
    Retry,
)
from ispbill.notifications.gateways.heard import Heard, Reply, Report

_STATUSES = {"sent": "SENT", "delivered": "DELIVERED", "read": "READ", "failed": "FAILED"}
_BUSY = {4, 80007, 130429, 131056, 131000, 131016}
# Key, lock, payment, template: no message passes before somebody has mended it.
_FOR_ALL = {190, 131031, 131042, 132001, 132015, 132016, 368}
_REASONS = {
    131026: "not on WhatsApp, or it cannot be delivered there",
    131042: "the account has not paid Meta",
    131047: "more than 24 hours since the customer wrote",
    131049: "held back by Meta, the person gets too many",
    131050: "the person has stopped such messages",
    132000: "the template has another number of parameters",
    132001: "there is no such template in this language",
    132015: "the template is paused",
    132016: "the template is switched off",
}


class WhatsApp:
    name = "whatsapp"
    dedupes = False

    def __init__(self, base_url: str, credentials: Mapping[str, str]) -> None:
        self._number = f"{base_url}/{quote(credentials['phone_number_id'], safe='')}"
        self._bearer = {"Authorization": f"Bearer {credentials['access_token']}"}
        self._secret = credentials["app_secret"]
        self._template = credentials["template"]
        self.verify_token = credentials["verify_token"]

    def send(self, message: Outgoing) -> Outcome:
        parameter = {"type": "text", "text": re.sub(r"\s+", " ", message.body).strip()}
        answer = calling.sent_by(
            "POST",
            f"{self._number}/messages",
            headers=self._bearer,
            data={
                "messaging_product": "whatsapp",
                "to": message.recipient.removeprefix("+"),
                "type": "template",
                "template": {
                    "name": self._template,
                    "language": {"code": message.language},
                    "components": [{"type": "body", "parameters": [parameter]}],
                },
                "biz_opaque_callback_data": message.id,
            },
        )
        return _outcome(answer) if isinstance(answer, calling.Answer) else answer

    def tried(self) -> Balance:
        """The interface tells of no balance; whether the key opens the number, it does tell."""
        calling.looked_up(f"{self._number}?fields=verified_name", headers=self._bearer)
        return Balance()

    def hear(
        self, url: str, headers: Mapping[str, str], raw: bytes, at: datetime
    ) -> list[Heard] | None:
        """Return what a call tells, None when it is not Meta's. The signature is of raw bytes."""
        given = headers.get("X-Hub-Signature-256", "")
        if not hmac.compare_digest(signature(self._secret, raw).encode(), given.encode()):
            return None
        return list(_heard(json.loads(raw), at))


def signature(secret: str, raw: bytes) -> str:
    """Return Meta's signature of a call's body."""
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def _outcome(answer: calling.Answer) -> Outcome:
    messages = answer.body.get("messages")
    if answer.status == 200 and isinstance(messages, list) and messages:
        return Accepted(ref=str(messages[0].get("id") or ""))
    error = answer.body.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    reason = _reason(error) if isinstance(error, dict) else f"Refused with {answer.status}"
    if code in _BUSY:
        return Retry(reason, after=answer.retry_after)
    if code in _FOR_ALL or answer.status == 401:
        return Retry(reason, is_for_all=True)
    return answer.failure or Rejected(reason)


def _heard(told: Any, at: datetime) -> Iterator[Heard]:
    """Several entries with several changes come in one call, in any order, and again."""
    for value in _values(told):
        for status in _dicts(value.get("statuses")):
            known = _STATUSES.get(str(status.get("status")))
            if known is not None:
                errors = _dicts(status.get("errors"))
                yield Report(
                    str(status.get("id") or ""),
                    known,
                    str(status.get("biz_opaque_callback_data") or ""),
                    _moment(status.get("timestamp"), at),
                    _reason(errors[0]) if errors else "",
                )
        for message in _dicts(value.get("messages")):
            text = message.get("text")
            if isinstance(text, dict):
                yield Reply(f"+{message.get('from')}", str(text.get("body") or ""))


def _values(told: Any) -> Iterator[dict[str, Any]]:
    for entry in _dicts(told.get("entry") if isinstance(told, dict) else None):
        for change in _dicts(entry.get("changes")):
            value = change.get("value")
            if isinstance(value, dict):
                yield value


def _dicts(found: object) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _reason(error: Mapping[str, Any]) -> str:
    code = error.get("code")
    known = _REASONS.get(code) if isinstance(code, int) else None
    return f"{code} {known or error.get('title') or error.get('message') or ''}".strip()[:200]


def _moment(seconds: object, at: datetime) -> datetime:
    """Return when it happened, by Meta's clock; never later than we heard of it."""
    text = str(seconds)
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        return at
    return min(at, datetime.fromtimestamp(int(text), UTC))
