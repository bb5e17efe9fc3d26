"""Four real providers of messages on the loopback, written from their documents.

SSL Wireless iSMS Plus v3, BulkSMSBD, Twilio's REST interface of 2010-04-01 and Meta's WhatsApp
Cloud API. What they take is kept in the same store as the plain provider's, so that one page shows
everything. What goes wrong is said by `Faults`; reports of delivery are made by `tell`, signed as
the provider signs them.
"""

import base64
import json
import random
import secrets
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from ispbill.devtools.sandbox.http_lines import Exchange, Line
from ispbill.devtools.sandbox.messages import reporting
from ispbill.devtools.sandbox.messages.accounts import HOST, accounts
from ispbill.devtools.sandbox.messages.store import Store

_TEMPLATE_LANGUAGES = {"en", "bn"}
Fields = dict[str, Any]


@dataclass
class Faults:
    """What goes wrong. A count is for so many calls to come, −1 for all of them."""

    server_errors: int = 0
    too_many: int = 0
    """429 with Retry-After: 7 (Meta: its error 130429)."""
    lost_answers: int = 0
    """Take the message, then hang up."""
    slow_seconds: float = 0
    """Take the message, and answer so much later."""
    no_balance: int = 0
    refuses_00: bool = True
    """Numbers that end in 00 do not exist."""
    not_on_whatsapp: set[str] = field(default_factory=set)
    """Ends of numbers Meta accepts and reports as undeliverable (131026)."""
    out_of_reach: set[str] = field(default_factory=set)
    """Ends of numbers Twilio gives up on (30003), as one hears by asking."""
    template_paused: bool = False
    odds: dict[str, float] = field(default_factory=dict)
    """How likely each counted fault strikes besides, at any call."""


class ProviderServer(Exchange):
    """All four on one port; `close` stops it."""

    def __init__(
        self, directory: Path, *, store: Store | None = None, reports: bool = True, hook: str = ""
    ) -> None:
        self.accounts = accounts(directory)
        self.accounts["WHATSAPP"]["hook"] = hook
        self._own_store = store is None
        self.store = store or Store(directory)
        self.faults = Faults()
        self.turning = threading.Lock()
        self.dice = random.Random(4)  # noqa: S311 no secret depends on it
        self.reports = reports
        """Whether what becomes of a message is told by itself."""
        self.used_ids: set[str] = set()
        self.calls = 0
        super().__init__((HOST, self.accounts["port"]), _Handler)
        self.start()

    def close(self) -> None:
        super().close()
        if self._own_store:
            self.store.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of callers that hang up: that is what they are here for."""

    def strikes(self, name: str) -> bool:
        """Tell whether a counted fault strikes now, and count it."""
        with self.turning:
            left = getattr(self.faults, name)
            if left > 0:
                setattr(self.faults, name, left - 1)
            return bool(left) or self.dice.random() < self.faults.odds.get(name, 0)

    def keep(self, *, key: str, channel: str, to: str, text: str) -> int:
        """Keep a message as its own, even one with a name that was used: these do not dedupe."""
        ref, _known = self.store.take(
            {
                "id": f"{key}/{secrets.token_hex(6)}",
                "channel": channel,
                "recipient": f"+{to.removeprefix('+')}",
                "subject": "",
                "body": text,
                "parts": 1,
            }
        )
        return int(ref.removeprefix("sim-"))


class _Handler(Line):
    server: ProviderServer

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        asked = {name: values[-1] for name, values in parse_qs(place.query).items()}
        known = self.server.accounts
        if place.path == "/sslwireless/api/v3/balance":
            if asked.get("api_token") != known["SSLWIRELESS"]["api_token"]:
                return self._say(200, _ssl_failed(4001, "Unauthorized"))
            return self._say(200, {"status": "SUCCESS", "status_code": 200, "balance": "4210.50"})
        if place.path == "/bulksmsbd/api/getBalanceApi":
            if asked.get("api_key") != known["BULKSMSBD"]["api_key"]:
                return self._say(200, {"response_code": 1011, "error_message": "User Not Found"})
            return self._say(200, {"response_code": 202, "balance": "1875.25"})
        if place.path == f"{_twilio(known)}/Balance.json" and self._is_twilio():
            sid = known["TWILIO"]["account_sid"]
            return self._say(200, {"account_sid": sid, "balance": "37.1840", "currency": "USD"})
        if place.path.startswith(f"{_twilio(known)}/Messages/") and self._is_twilio():
            return self._twilio_message(place.path.rsplit("/", 1)[1].removesuffix(".json"))
        if place.path == f"/graph/v21.0/{known['WHATSAPP']['phone_number_id']}":
            if not self._is_meta():
                return self._say(401, _meta_error(190, "Invalid OAuth access token"))
            return self._say(200, {"verified_name": "Demo Net", "id": place.path.split("/")[-1]})
        return self._say(401 if "twilio" in place.path else 404, {"code": 20003})

    def do_POST(self) -> None:
        raw = self.body()
        place = urlsplit(self.path).path
        known = self.server.accounts
        if raw is None:
            return self._say(413, {})
        self.server.calls += 1
        if self.server.strikes("server_errors"):
            return self._say(500, {"message": "internal error"})
        if place == "/sslwireless/api/v3/send-sms":
            return self._sslwireless(_json(raw))
        if place == "/bulksmsbd/api/smsapi":
            return self._bulksmsbd(_form(raw))
        if place == f"{_twilio(known)}/Messages.json":
            return self._twilio(_form(raw))
        if place == f"/graph/v21.0/{known['WHATSAPP']['phone_number_id']}/messages":
            return self._whatsapp(_json(raw))
        return self._say(404, {})

    def _sslwireless(self, asked: Fields) -> None:
        account = self.server.accounts["SSLWIRELESS"]
        if self.server.strikes("too_many"):
            return self._say(429, {}, wait=7)
        if asked.get("api_token") != account["api_token"]:
            return self._say(200, _ssl_failed(4001, "Unauthorized API token"))
        if asked.get("sid") != account["sid"]:
            return self._say(200, _ssl_failed(4003, "Invalid SID"))
        if self.server.strikes("no_balance"):
            return self._say(200, _ssl_failed(4005, "Insufficient balance"))
        to, text = str(asked.get("msisdn") or ""), str(asked.get("sms") or "")
        key = str(asked.get("csms_id") or "")
        if not to or not text or not 0 < len(key) <= 20:
            return self._say(200, _ssl_failed(4004, "A required field is missing or too long"))
        if key in self.server.used_ids:
            return self._say(200, _ssl_failed(4025, "csms_id is already used"))
        if self._is_refused(to):
            info = {"sms_status": "FAILED", "status_message": "Invalid MSISDN", "msisdn": to}
            return self._say(200, {"status": "SUCCESS", "status_code": 200, "smsinfo": [info]})
        self.server.used_ids.add(key)
        number = self.server.keep(key=key, channel="SMS", to=to, text=text)
        info = {
            "sms_status": "SUCCESS",
            "status_message": "Success",
            "msisdn": to,
            "sms_type": "EN" if text.isascii() else "BN",
            "sms_body": text,
            "csms_id": key,
            "reference_id": f"5e{number:010d}",
        }
        answer = {"status": "SUCCESS", "status_code": 200, "error_message": "", "smsinfo": [info]}
        return self._taken(200, answer)

    def _bulksmsbd(self, asked: Fields) -> None:
        account = self.server.accounts["BULKSMSBD"]
        if self.server.strikes("too_many"):
            return self._say(429, {}, wait=7)
        for is_wrong, code, words in (
            (asked.get("api_key") != account["api_key"], 1011, "User ID Not Found"),
            (asked.get("senderid") != account["sender_id"], 1002, "Sender ID not correct"),
            (self.server.strikes("no_balance"), 1007, "Balance Insufficient"),
            (not asked.get("number") or not asked.get("message"), 1003, "Required fields"),
            (self._is_refused(str(asked.get("number"))), 1001, "Invalid Number"),
        ):
            if is_wrong:
                return self._say(200, {"response_code": code, "error_message": words})
        number = self.server.keep(
            key="bulk", channel="SMS", to=asked["number"], text=asked["message"]
        )
        answer = {
            "response_code": 202,
            "message_id": 900_000 + number,
            "success_message": "SMS Submitted Successfully 1",
            "error_message": "",
        }
        return self._taken(200, answer)

    def _twilio(self, asked: Fields) -> None:
        if not self._is_twilio():
            return self._say(401, {"code": 20003, "message": "Authenticate", "status": 401})
        if self.server.strikes("too_many"):
            return self._say(429, {"code": 20429, "message": "Too Many Requests"}, wait=7)
        if self.server.strikes("no_balance"):
            return self._say(403, {"code": 20005, "message": "Account not active", "status": 403})
        to, text = asked.get("To", ""), asked.get("Body", "")
        sender = asked.get("From") or asked.get("MessagingServiceSid")
        if sender != self.server.accounts["TWILIO"]["sender"]:
            return self._say(400, {"code": 21606, "message": "From is not yours", "status": 400})
        if not to.startswith("+") or not text or self._is_refused(to):
            return self._say(400, {"code": 21211, "message": "Invalid 'To' number", "status": 400})
        hook = asked.get("StatusCallback", "")
        # What the account calls the message stands in the address it wants to be told at.
        key = parse_qs(urlsplit(hook).query).get("m", ["twilio"])[-1]
        number = self.server.keep(key=key, channel="SMS", to=to, text=text)
        ref = f"SM{number:032x}"
        if hook and self.server.reports:
            reporting.later(reporting.twilio, self.server.accounts, hook, ref, to)
        answer = {"sid": ref, "status": "queued", "error_code": None, "num_segments": "1"}
        return self._taken(201, answer)

    def _twilio_message(self, ref: str) -> None:
        """Answer as the resource of one message does (Message resource, 2010-04-01)."""
        number = ref.removeprefix("SM").lstrip("0")
        kept = self.server.store.by_number(int(number, 16)) if number else None
        if kept is None:
            return self._say(404, {"code": 20404, "message": "Not found", "status": 404})
        fails = kept["recipient"][-2:] in self.server.faults.out_of_reach
        answer = {
            "sid": ref,
            "status": "undelivered" if fails else "delivered",
            "error_code": 30003 if fails else None,
            "to": kept["recipient"],
            "body": kept["body"],
        }
        return self._say(200, answer)

    def _whatsapp(self, asked: Fields) -> None:
        faults, account = self.server.faults, self.server.accounts["WHATSAPP"]
        if not self._is_meta():
            return self._say(401, _meta_error(190, "Invalid OAuth access token"))
        if self.server.strikes("too_many"):
            return self._say(400, _meta_error(130429, "Rate limit hit"))
        if self.server.strikes("no_balance"):
            return self._say(400, _meta_error(131042, "Business eligibility payment issue"))
        template = asked.get("template") or {}
        language = (template.get("language") or {}).get("code")
        is_known = template.get("name") == account["template"] and language in _TEMPLATE_LANGUAGES
        if asked.get("type") != "template":
            return self._say(400, _meta_error(131047, "Re-engagement message"))
        if not is_known:
            return self._say(404, _meta_error(132001, "Template does not exist in the language"))
        if faults.template_paused:
            return self._say(400, _meta_error(132015, "Template is paused"))
        found = [
            one.get("text", "")
            for component in template.get("components", [])
            for one in component.get("parameters", [])
        ]
        if len(found) != 1:
            return self._say(400, _meta_error(132000, "Number of parameters does not match"))
        if "\n" in found[0] or "\t" in found[0] or "    " in found[0]:
            return self._say(400, _meta_error(132012, "Parameter format does not match"))
        to = str(asked.get("to") or "")
        number = self.server.keep(key="wa", channel="WHATSAPP", to=to, text=found[0])
        ref = f"wamid.{base64.b64encode(str(number).encode()).decode()}"
        if account["hook"] and self.server.reports:
            fails = self._is_refused(to) or to[-2:] in faults.not_on_whatsapp
            opaque = asked.get("biz_opaque_callback_data", "")
            reporting.later(
                reporting.whatsapp, self.server.accounts, account["hook"], ref, to, opaque, fails
            )
        answer = {
            "messaging_product": "whatsapp",
            "contacts": [{"input": to, "wa_id": to}],
            "messages": [{"id": ref, "message_status": "accepted"}],
        }
        return self._taken(200, answer)

    def _taken(self, status: int, answer: Fields) -> None:
        """Answer for a message that was taken, unless the answer is to be lost or late."""
        if self.server.strikes("lost_answers"):
            self.close_connection = True
            return
        time.sleep(self.server.faults.slow_seconds)
        self._say(status, answer)

    def _is_refused(self, to: str) -> bool:
        return self.server.faults.refuses_00 and to.endswith("00")

    def _is_twilio(self) -> bool:
        account = self.server.accounts["TWILIO"]
        word = base64.b64encode(f"{account['account_sid']}:{account['auth_token']}".encode())
        return self.headers.get("Authorization") == f"Basic {word.decode()}"

    def _is_meta(self) -> bool:
        token = self.server.accounts["WHATSAPP"]["access_token"]
        return self.headers.get("Authorization") == f"Bearer {token}"

    def _say(self, status: int, answer: Fields, *, wait: int = 0) -> None:
        headers: Any = {"Retry-After": str(wait)} if wait else {}
        self.answer(status, json.dumps(answer).encode(), **headers)


def _twilio(known: Fields) -> str:
    return f"/twilio/2010-04-01/Accounts/{known['TWILIO']['account_sid']}"


def _ssl_failed(code: int, words: str) -> Fields:
    return {"status": "FAILED", "status_code": code, "error_message": words, "smsinfo": []}


def _meta_error(code: int, words: str) -> Fields:
    return {"error": {"message": f"(#{code}) {words}", "type": "OAuthException", "code": code}}


def _json(raw: bytes) -> Fields:
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _form(raw: bytes) -> Fields:
    pairs = parse_qs(raw.decode("utf-8", "replace"), keep_blank_values=True)
    return {unquote(name): values[-1] for name, values in pairs.items()}
