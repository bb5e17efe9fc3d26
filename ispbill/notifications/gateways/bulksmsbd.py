"""SMS through BulkSMSBD, Bangladesh.

Everything is HTTP 200; what came of it is `response_code` (202: taken). There is no call-back, so
a message that was taken stays *sent*.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from ispbill.notifications.gateways import calling
from ispbill.notifications.gateways.base import (
    Accepted,
    Balance,
    NotTaken,
    Outcome,
    Outgoing,
    Rejected,
    Retry,
    Unknown,
)

_TAKEN, _INTERNAL = 202, 1005
# About this message: the number, a missing field, a masked sender that needs Bangla letters.
_MESSAGE = {1001, 1003, 1012}
_REASONS = {
    1001: "invalid number",
    1002: "the sender ID is not known",
    1003: "a field is missing",
    1005: "internal error of the provider",
    1006: "the balance is no longer valid",
    1007: "no balance",
    1011: "the user is not known",
    1012: "a masked sender needs Bangla text",
    1031: "the account is not verified",
    1032: "our address is not on its list",
}


class BulkSmsBd:
    name = "bulksmsbd"
    dedupes = False

    def __init__(self, base_url: str, credentials: Mapping[str, str]) -> None:
        self._base = base_url
        self._key, self._sender = credentials["api_key"], credentials["sender_id"]

    def send(self, message: Outgoing) -> Outcome:
        return calling.outcome_of(
            _outcome,
            "POST",
            f"{self._base}/smsapi",
            form={
                "api_key": self._key,
                "type": "text",
                "number": message.recipient.removeprefix("+"),
                "senderid": self._sender,
                "message": message.body,
            },
        )

    def tried(self) -> Balance:
        query = urlencode({"api_key": self._key})
        told = calling.looked_up(f"{self._base}/getBalanceApi?{query}")
        found = calling.amount(told.get("balance"))
        if found is None:
            raise NotTaken(_reason(_code(told), told))
        return Balance(found, "BDT")


def _outcome(answer: calling.Answer) -> Outcome:
    code = _code(answer.body)
    if code == _TAKEN:
        return Accepted(ref=str(answer.body.get("message_id") or ""))
    if code == 0:  # not the answer of this interface: who knows who gave it
        return Unknown(f"{answer.status} with an answer that makes no sense")
    reason = _reason(code, answer.body)
    if code in _MESSAGE:
        return Rejected(reason)
    return Retry(reason, is_for_all=code != _INTERNAL)


def _code(told: dict[str, object]) -> int:
    text = str(told.get("response_code") or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _reason(code: int, told: dict[str, object]) -> str:
    return f"{code} {_REASONS.get(code) or told.get('error_message') or ''}".strip()[:200]
