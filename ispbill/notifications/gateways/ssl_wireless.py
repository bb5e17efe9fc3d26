"""SMS through SSL Wireless, Bangladesh: iSMS Plus, version 3.

HTTP 200 says nothing: a message is taken when `status` and the message's own `sms_status` both say
SUCCESS. Its table of error codes is not published; the texts it answers with are kept. There is no
call-back, so a message that was taken stays *sent*. Whether the same `csms_id` is taken twice is
told nowhere for certain, so nothing is repeated whose answer was lost.
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
)

_LONGEST_ID = 20
# What an account as a whole lacks reads like this in its answers.
_FOR_ALL = ("balance", "token", "unauthor", "ip ", "sid", "permission", "credential")


class SslWireless:
    name = "sslwireless"
    dedupes = False

    def __init__(self, base_url: str, credentials: Mapping[str, str]) -> None:
        self._base = base_url
        self._token, self._sid = credentials["api_token"], credentials["sid"]

    def send(self, message: Outgoing) -> Outcome:
        return calling.outcome_of(
            _outcome,
            "POST",
            f"{self._base}/send-sms",
            data={
                "api_token": self._token,
                "sid": self._sid,
                "msisdn": message.recipient.removeprefix("+"),
                "sms": message.body,
                # The end of it is what tells two messages apart.
                "csms_id": message.id[-_LONGEST_ID:],
            },
        )

    def tried(self) -> Balance:
        query = urlencode({"api_token": self._token, "sid": self._sid})
        told = calling.looked_up(f"{self._base}/balance?{query}")
        if told.get("status") != "SUCCESS":
            raise NotTaken(str(told.get("error_message") or "It does not know the account.")[:200])
        return Balance(calling.amount(told.get("balance")), "BDT")


def _outcome(answer: calling.Answer) -> Outcome:
    told = answer.body
    if told.get("status") != "SUCCESS":
        reason = f"{told.get('status_code', answer.status)} {told.get('error_message') or ''}"
        if answer.status in {401, 403} or any(word in reason.lower() for word in _FOR_ALL):
            return Retry(reason.strip()[:200], is_for_all=True)
        return Rejected(reason.strip()[:200])
    infos = told.get("smsinfo")
    info = infos[0] if isinstance(infos, list) and infos and isinstance(infos[0], dict) else {}
    if info.get("sms_status") == "SUCCESS":
        return Accepted(ref=str(info.get("reference_id") or ""))
    return Rejected(str(info.get("status_message") or "Refused without a reason.")[:200])
