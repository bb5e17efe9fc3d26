"""SMS through Twilio: REST interface of 2010-04-01, with signed status call-backs.

The call-back's address carries our own name for the message, so that a message whose answer was
lost is known again when Twilio tells what became of it.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from ispbill.notifications.gateways import calling
from ispbill.notifications.gateways.base import (
    Accepted,
    Balance,
    NotTaken,
    Outcome,
    Outgoing,
    Rejected,
    Retry,
)
from ispbill.notifications.gateways.heard import Heard, Reply, Report

_FOUND, _NOT_FOUND = 200, 404
OUR_ID = "m"  # in the call-back's query
_FOR_ALL = {20003, 20005, 20429, 21606, 30002}  # credentials, account suspended, sender not ours
_STATUSES = {
    "sent": "SENT",
    "delivered": "DELIVERED",
    "read": "READ",
    "undelivered": "FAILED",
    "failed": "FAILED",
}
_REASONS = {
    30003: "the phone is switched off or out of reach",
    30004: "the recipient has blocked us",
    30005: "no such number",
    30006: "a landline, or a carrier that is not served",
    30007: "filtered by the carrier",
    30008: "not delivered, the carrier does not say why",
    21610: "the recipient has answered STOP",
}


class Twilio:
    name = "twilio"
    dedupes = False

    def __init__(self, base_url: str, credentials: Mapping[str, str], hook: str = "") -> None:
        self._sid = credentials["account_sid"]
        self._account = f"{base_url}/2010-04-01/Accounts/{quote(self._sid, safe='')}"
        self._token, self._sender = credentials["auth_token"], credentials["sender"]
        self._hook = hook

    def send(self, message: Outgoing) -> Outcome:
        form = {"To": message.recipient, "Body": message.body}
        # A messaging service chooses among its own senders.
        is_service = self._sender.startswith("MG")
        form["MessagingServiceSid" if is_service else "From"] = self._sender
        if self._hook:
            form["StatusCallback"] = f"{self._hook}?{urlencode({OUR_ID: message.id})}"
        url = f"{self._account}/Messages.json"
        return calling.outcome_of(_outcome, "POST", url, form=form, headers=self._headers())

    def tried(self) -> Balance:
        told = calling.looked_up(f"{self._account}/Balance.json", headers=self._headers())
        found = calling.amount(told.get("balance"))
        if found is None:
            raise NotTaken("It did not tell the balance.")
        return Balance(found, str(told.get("currency") or "")[:3])

    def asked(self, ref: str, our_id: str, at: datetime) -> Report | None:
        """Return what became of a message, None when it is on its way or not known any more.

        Raises NotTaken.
        """
        try:
            answer = calling.ask(
                "GET",
                f"{self._account}/Messages/{quote(ref, safe='')}.json",
                headers=self._headers(),
            )
        except (calling.NeverSent, calling.NoAnswer) as error:
            raise NotTaken(str(error)) from error
        if answer.status == _NOT_FOUND:
            return None
        if answer.status != _FOUND:
            raise NotTaken(f"It answered {answer.status}.")
        return _report(ref, answer.body.get("status"), answer.body.get("error_code"), our_id, at)

    def hear(
        self, url: str, headers: Mapping[str, str], raw: bytes, at: datetime
    ) -> list[Heard] | None:
        """Return what a call tells, None when it is not Twilio's; `url` as Twilio called it."""
        pairs = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True)
        fields = dict(pairs)
        given = headers.get("X-Twilio-Signature", "")
        if not hmac.compare_digest(signature(self._token, url, fields).encode(), given.encode()):
            return None
        if "MessageStatus" not in fields:
            return [Reply(fields.get("From", ""), fields.get("Body", ""))]
        our_id = dict(parse_qsl(urlsplit(url).query)).get(OUR_ID, "")
        ref, code = fields.get("MessageSid", ""), fields.get("ErrorCode")
        told = _report(ref, fields["MessageStatus"], code, our_id, at)
        return [] if told is None else [told]

    def _headers(self) -> dict[str, str]:
        return {"Authorization": calling.basic(self._sid, self._token)}


def signature(token: str, url: str, fields: Mapping[str, str]) -> str:
    """Return Twilio's signature of a call: of the address as it called it, and every field."""
    signed = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _report(ref: str, status: object, code: object, our_id: str, at: datetime) -> Report | None:
    """Return what a status of Twilio's means, None while it is on its way inside Twilio."""
    known = _STATUSES.get(str(status))
    if known is None:
        return None
    reason = _reason(str(code)) if code and str(code) != "0" else ""
    return Report(ref, known, our_id, at, reason)


def _outcome(answer: calling.Answer) -> Outcome:
    if answer.status in {200, 201} and answer.body.get("sid"):
        return Accepted(ref=str(answer.body["sid"]))
    code = str(answer.body.get("code") or "")
    reason = _reason(code) if code else f"Refused with {answer.status}"
    told = str(answer.body.get("message") or "")
    if told and code not in map(str, _REASONS):
        reason = f"{code} {told}".strip()[:200]
    if answer.status in {401, 403} or (code.isascii() and code.isdigit() and int(code) in _FOR_ALL):
        return Retry(reason, is_for_all=True)
    return Rejected(reason)


def _reason(code: str) -> str:
    known = _REASONS.get(int(code)) if code.isascii() and code.isdigit() else None
    return f"{code} {known or 'from Twilio'}"[:200]
