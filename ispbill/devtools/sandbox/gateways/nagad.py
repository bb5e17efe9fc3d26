"""Nagad's merchant API: initialize, complete, the customer's page, verify.

Sources: integration guide v3.3, and answers and addresses of its test system recorded in public
(tests/payments/online/recorded/nagad.json). There is no push message: merchants must ask.
"""

import base64
import json
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from ispbill.devtools.sandbox.gateways.nagad_crypto import (
    BadSignature,
    Undecryptable,
    closed,
    opened,
)
from ispbill.devtools.sandbox.gateways.sslcommerz_page import decimal
from ispbill.devtools.sandbox.gateways.store import Charge, Session
from ispbill.devtools.sandbox.gateways.world import (
    DHAKA,
    Asked,
    Button,
    Leaving,
    Refused,
    World,
    dhaka_now,
    token,
)

BASE = "/remote-payment-gateway-1.0/api/dfs"
_INITIALIZE = re.compile(rf"{BASE}/check-out/initialize/(?P<merchant>[^/]+)/(?P<order>[^/]+)/?")
_COMPLETE = re.compile(rf"{BASE}/check-out/complete/(?P<ref>[^/]+)/?")
_VERIFY = re.compile(rf"{BASE}/verify/payment/(?P<ref>[^/]+)/?")
_REASONS = {
    "16_0006_004": "Merchant id is not valid",
    "16_0006_017": "Invalid state of the order",
    "16_0006_057": "Decryption failed",
    "16_0006_058": "Signature verification failed",
    "16_0006_059": "Sensitive data is not valid",
    "16_0006_064": "A header is missing",
    "16_0006_068": "Order id is not valid",
    "16_0006_076": "Request time is outside of the window",
    "16_0006_081": "Date format is not valid",
    "16_0006_083": "Duplicate order id on the same day",
    "16_0006_053": "Merchant is not active",
}
_HEADERS = ("X-KM-Api-Version", "X-KM-IP-V4", "X-KM-Client-Type")
# What a browser brings back; only "Success" and "Failed" are recorded.
_STATUS_CODES = {
    "Success": "00_0000_000",
    "Failed": "50_0026_851",
    "Cancelled": "50_0026_852",
    "Aborted": "50_0026_853",
}
_PAYER = "017****8575"
_BUTTONS = [
    Button("pay", "Pay", is_payment=True),
    Button("pay_lost", "Pay, but the browser never returns", is_payment=True),
    Button("wrong_amount", "Wrong amount", is_payment=True),
    Button("fail", "Fail"),
    Button("insufficient", "Fail: insufficient balance"),
    Button("cancel", "Cancel"),
    Button("close", "Close the window, pay nothing"),
]
_ENDS = {"pay": "Success", "pay_lost": "Success", "wrong_amount": "Success", "fail": "Failed",
         "insufficient": "Aborted", "cancel": "Cancelled"}  # fmt: skip


class Nagad:
    """The gateway's own mind, without HTTP."""

    name = "nagad"

    def __init__(self, world: World) -> None:
        self._world = world
        self._store = world.store
        self._place = world.addresses[self.name]

    def operation(self, method: str, path: str) -> str:
        if method == "POST" and _INITIALIZE.fullmatch(path):
            return "initialize"
        if method == "POST" and _COMPLETE.fullmatch(path):
            return "complete"
        return "verify" if method == "GET" and _VERIFY.fullmatch(path) else ""

    def act(self, operation: str, asked: Asked) -> tuple[int, Any]:
        if operation == "verify":
            return self._verify(asked)
        if not all(asked.headers.get(name) for name in _HEADERS):
            return _refused("16_0006_064")
        try:
            content = opened(
                asked.json or {},
                to=self._place["nagad_private_key"],
                by=self._place["merchant_public_key"],
            )
        except Undecryptable:
            return _refused("16_0006_057")
        except BadSignature:
            return _refused("16_0006_058")
        with self._store.lock:
            if operation == "initialize":
                return self._initialize(asked, content)
            return self._complete(asked, content)

    def inactive(self) -> tuple[int, Any]:
        return _refused("16_0006_053")

    def buttons(self, session: Session) -> list[Button]:
        if session.state not in {"Ready", "InProgress"}:
            return [Button("return", "Return to the merchant")]
        return list(_BUTTONS)

    def press(self, session: Session, button: str, told: Mapping[str, Any]) -> Leaving:
        with self._store.lock:
            session = self._store.session(session.key) or session
            if button not in {one.name for one in self.buttons(session)}:
                raise Refused("This button does not work now.")
            if button == "close":
                return Leaving(note="The window was closed. Nothing was paid.")
            if button != "return":
                self._end(session, button, told)
        if button == "pay_lost":
            return Leaving(note="Paid, but the browser is gone.")
        return self._back(session)

    def _end(self, session: Session, button: str, told: Mapping[str, Any]) -> None:
        session.state = _ENDS[button]
        if session.state == "Success":
            wrong = decimal(told["amount"]) if told.get("amount") else None
            if button == "wrong_amount":
                other = wrong or Decimal(session.amount) - Decimal("0.50")
                session.facts["amount"] = f"{other:.2f}"
            session.facts |= {"issuer_ref": token(8), "paid_at": _written(dhaka_now())}
            self._store.charge(
                Charge(
                    session=session.key,
                    gateway=self.name,
                    proof=session.facts["issuer_ref"],
                    bank_ref=session.facts["issuer_ref"],
                    state="Success",
                    facts={},
                )
            )
        self._store.keep(session)

    def _back(self, session: Session) -> Leaving:
        told = {
            "merchant": self._place["merchant_id"],
            "order_id": session.reference,
            "payment_ref_id": session.key,
            "status": session.state,
            "status_code": _STATUS_CODES.get(session.state, ""),
            "message": "Successful Transaction" if session.state == "Success" else session.state,
        }
        if session.state == "Success":
            told |= {
                "payment_dt": re.sub(r"\D", "", session.facts["paid_at"])[:14],
                "issuer_payment_ref": session.facts["issuer_ref"],
            }
        url = str(session.facts["callback"])
        return Leaving(method="GET", url=f"{url}{'&' if '?' in url else '?'}{urlencode(told)}")

    def _initialize(self, asked: Asked, content: Mapping[str, Any]) -> tuple[int, Any]:
        found = _INITIALIZE.fullmatch(asked.path)
        merchant, order = (found["merchant"], found["order"]) if found else ("", "")
        if merchant != self._place["merchant_id"] or content.get("merchantId") != merchant:
            return _refused("16_0006_004")
        if not re.fullmatch(r"[A-Za-z0-9]{5,20}", order) or content.get("orderId") != order:
            return _refused("16_0006_068")
        if not content.get("challenge"):  # as long as the merchant likes
            return _refused("16_0006_059")
        stamp = str((asked.json or {}).get("dateTime", ""))
        if not re.fullmatch(r"\d{14}", stamp) or content.get("datetime") != stamp:
            return _refused("16_0006_081")
        try:
            moment = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=DHAKA)
        except ValueError:
            return _refused("16_0006_081")
        now = dhaka_now()
        if abs((now - moment).total_seconds()) > self._world.switches.clock_window_seconds:
            return _refused("16_0006_076")
        same = self._store.sessions(gateway=self.name, reference=order)
        if any(one.facts["day"] == f"{now:%Y%m%d}" for one in same):
            return _refused("16_0006_083")
        session = self._store.open(
            Session(
                key=_reference(now, merchant, order),
                gateway=self.name,
                reference=order,
                amount="0.00",
                currency="BDT",
                state="OrderInitiated",
                asked={"orderId": order, "dateTime": _written(moment)},
                facts={"day": f"{now:%Y%m%d}", "challenge": token(40, "0123456789abcdef")},
            )
        )
        return 200, self._closed(
            {
                "paymentReferenceId": session.key,
                "challenge": session.facts["challenge"],
                "acceptDateTime": f"{now:%Y%m%d%H%M%S}",
            }
        )

    def _complete(self, asked: Asked, content: Mapping[str, Any]) -> tuple[int, Any]:
        found = _COMPLETE.fullmatch(asked.path)
        session = self._store.session(found["ref"]) if found else None
        body = asked.json or {}
        if session is None or session.gateway != self.name:
            return _refused("16_0006_068")
        if content.get("merchantId") != self._place["merchant_id"]:
            return _refused("16_0006_004")
        if session.state != "OrderInitiated":
            return _refused("16_0006_017")
        amount = str(content.get("amount", ""))
        if (
            content.get("orderId") != session.reference
            or content.get("challenge") != session.facts["challenge"]
            or content.get("currencyCode") != "050"
            or not re.fullmatch(r"\d{1,7}(\.\d{1,2})?", amount)
            or Decimal(amount) <= 0
            or not re.match(r"https?://[^\s/]+", str(body.get("merchantCallbackURL", "")))
        ):
            return _refused("16_0006_059")
        session.state = "Ready"
        session.facts |= {
            "amount": amount,
            "callback": body["merchantCallbackURL"],
            "more": body.get("additionalMerchantInfo") or {},
        }
        self._store.price(session.key, session.facts["amount"])
        session.amount = session.facts["amount"]
        self._store.keep(session)
        return 200, {"callBackUrl": self._world.page(self.name, session.key), "status": "Success"}

    def _verify(self, asked: Asked) -> tuple[int, Any]:
        found = _VERIFY.fullmatch(asked.path)
        session = self._store.session(found["ref"]) if found else None
        if session is None or session.gateway != self.name:
            return _refused("16_0006_068")
        is_paid = session.state == "Success"
        more = session.facts.get("more")
        return 200, {
            "merchantId": self._place["merchant_id"],
            "orderId": session.reference,
            "paymentRefId": session.key,
            "amount": session.facts.get("amount", session.amount),
            "clientMobileNo": _PAYER if is_paid else None,
            "merchantMobileNo": self._place["merchant_number"],
            "orderDateTime": session.asked["dateTime"],
            "issuerPaymentDateTime": session.facts.get("paid_at"),
            "issuerPaymentRefNo": session.facts.get("issuer_ref"),
            "additionalMerchantInfo": json.dumps(more) if more else None,
            "status": session.state,
            "statusCode": "000" if is_paid else None,
            "cancelIssuerDateTime": None,
            "cancelIssuerRefNo": None,
            "serviceType": "REGULAR_ECOM",
        }

    def _closed(self, content: dict[str, Any]) -> dict[str, str]:
        return closed(
            content, to=self._place["merchant_public_key"], by=self._place["nagad_private_key"]
        )


def _refused(code: str) -> tuple[int, Any]:
    return 400, {"reason": code, "message": _REASONS[code]}


def _written(moment: datetime) -> str:
    """Return a moment as verify writes it: tenths of seconds, always none."""
    return f"{moment:%Y-%m-%d %H:%M:%S}.0"


def _reference(now: datetime, merchant: str, order: str) -> str:
    """Return a payment's reference: base64 of when, who, what and something random."""
    random = token(20, "0123456789abcdef")
    plain = f"{now:%m%d%H%M%S}{now.microsecond // 1000:03d}.{merchant}.{order}.{random}"
    return base64.b64encode(plain.encode()).decode()
