"""Nagad's merchant API. Facts: its Online Payment API integration guide v3.3 (October 2021).

There is no notification, so an open payment is asked about; there is no refund by program either.
"""

import ipaddress
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from ispbill.core.marking import gettext_noop
from payments.online.gateways import http
from payments.online.gateways.answers import amount, kept, masked, one, parsed, text
from payments.online.gateways.contract import (
    Hear,
    Hint,
    Known,
    Order,
    Outcome,
    RefundOrder,
    RefundOutcome,
    RefundState,
    Started,
    Step,
    Verdict,
    unheard,
)
from payments.online.gateways.errors import GatewayDown, GatewayRefused, WrongCredentials
from payments.online.gateways.nagad_keys import Envelope

ZONE = ZoneInfo("Asia/Dhaka")
_BDT = "050"
_VERDICTS = {
    "Success": Verdict.PAID,
    "OrderInitiated": Verdict.PENDING,
    "Ready": Verdict.PENDING,
    "InProgress": Verdict.PENDING,
    "OtpSent": Verdict.PENDING,
    "OtpVerified": Verdict.PENDING,
    "PinGiven": Verdict.PENDING,
    "Cancelled": Verdict.CANCELLED,
    "PartialCancelled": Verdict.CANCELLED,
    "InvalidRequest": Verdict.FAILED,
    "Fraud": Verdict.FAILED,
    "Aborted": Verdict.FAILED,
    "UnKnownFailed": Verdict.FAILED,
    "Failed": Verdict.FAILED,
}
_CREDENTIALS_WRONG = {
    "16_0006_004", "16_0006_052", "16_0006_053", "16_0006_056", "16_0006_057", "16_0006_058",
    "16_0006_059", "16_0006_061",
}  # fmt: skip
_NO_SUCH_ORDER = "16_0006_068"
_KEPT = (
    "merchantId", "orderId", "paymentRefId", "amount", "orderDateTime", "issuerPaymentDateTime",
    "issuerPaymentRefNo", "status", "statusCode", "cancelIssuerDateTime", "cancelIssuerRefNo",
)  # fmt: skip


class Nagad:
    """One merchant. Credentials: merchant_id, private_key (ours), public_key (Nagad's),
    api_version, signature_hash."""

    order_length = 20
    can_refund = False
    refund_id_is_once = False

    def __init__(self, base_url: str, credentials: Mapping[str, str], hear: Hear = unheard) -> None:
        self._hear = hear
        self._api = f"{base_url.rstrip('/')}/api/dfs"
        self._merchant = credentials["merchant_id"]
        self._credentials = credentials

    def start(self, order: Order) -> Started:
        envelope = self._envelope()
        reference, challenge = self._initialize(
            envelope, order.order, client_ip=order.client_ip, language=order.language
        )
        content = {
            "merchantId": self._merchant,
            "orderId": order.order,
            "amount": f"{order.amount:.2f}",
            "currencyCode": _BDT,
            "challenge": challenge,
        }
        answer = self._post(
            f"/check-out/complete/{quote(reference, safe='')}",
            {
                **envelope.closed(content),
                "merchantCallbackURL": f"{order.return_url}return/",
                "additionalMerchantInfo": {
                    "serviceName": "Internet",
                    "additionalFieldNameEN": "Customer",
                    "additionalFieldNameBN": "গ্রাহক",
                    "additionalFieldValue": order.customer_number[:20],
                },
            },
            client_ip=order.client_ip,
        )
        url = text(answer, "callBackUrl")
        if text(answer, "status") != "Success" or not url.startswith(("https://", "http://")):
            raise GatewayDown("a payment without an address")
        return Started(redirect_url=url, session_key=reference)

    def read(self, claim: str, fields: Mapping[str, Any]) -> Hint:
        return Hint(
            order=one(fields, "order_id"),
            claim=_VERDICTS.get(one(fields, "status"), Verdict.UNKNOWN),
            reference=one(fields, "payment_ref_id")[:120],
            words=one(fields, "message")[:300],
        )

    def confirm(self, known: Known, hint: Hint) -> Outcome:
        """Ask by the reference Nagad gave *us*; the one a browser brings is not looked at."""
        return self.query(known)

    def query(self, known: Known) -> Outcome:
        if not known.session_key:
            return Outcome(Verdict.UNKNOWN, order=known.order)
        path = f"/verify/payment/{quote(known.session_key, safe='')}"
        try:
            answer = self._call("GET", path, None, client_ip="")
        except GatewayRefused as error:
            if error.code == _NO_SUCH_ORDER:
                return Outcome(Verdict.UNKNOWN, code=error.code, words=error.detail)
            raise
        return self._outcome(answer, known)

    def refund(self, refund: RefundOrder) -> RefundOutcome:
        return RefundOutcome(
            RefundState.REFUSED, words="Nagad sends money back only from its merchant panel."
        )

    def refund_state(self, refund: RefundOrder, reference: str) -> RefundOutcome:
        return RefundOutcome(RefundState.UNKNOWN)

    def given_back(self, refund: RefundOrder) -> Decimal | None:
        return None

    def test(self) -> Sequence[Step]:
        """Open an order nobody will pay: that tries address, merchant, both keys and the clock."""
        reached = Step(gettext_noop("The gateway answers."), is_passed=True)
        readable = Step(gettext_noop("Both keys can be read."), is_passed=True)
        try:
            envelope = self._envelope()
        except WrongCredentials as error:
            return [Step(error.template, is_passed=False, values=error.values)]
        try:
            self._initialize(envelope, f"TEST{secrets.token_hex(8)}", client_ip="", language="en")
        except WrongCredentials as error:
            words = gettext_noop(
                "Merchant id or a key is wrong: Nagad says %(detail)s (code %(code)s)."
            )
            values = {"detail": error.detail, "code": error.code}
            return [readable, reached, Step(words, is_passed=False, values=values)]
        except GatewayRefused as error:
            return [readable, reached, Step(error.template, is_passed=False, values=error.values)]
        except GatewayDown as error:
            return [readable, Step(error.template, is_passed=False, values=error.values)]
        words = gettext_noop("Merchant id and keys are accepted, and Nagad's answer is signed.")
        return [readable, reached, Step(words, is_passed=True)]

    def _initialize(
        self, envelope: Envelope, order: str, *, client_ip: str, language: str
    ) -> tuple[str, str]:
        """Return Nagad's reference of the payment, and its challenge."""
        # The real time, whatever day the business clock shows: Nagad compares it with its own.
        stamp = datetime.now(UTC).astimezone(ZONE).strftime("%Y%m%d%H%M%S")
        content = {
            "merchantId": self._merchant,
            "datetime": stamp,
            "orderId": order,
            "challenge": secrets.token_hex(20),
        }
        locale = "BN" if language == "bn" else "EN"
        answer = self._post(
            f"/check-out/initialize/{quote(self._merchant, safe='')}/{order}?locale={locale}",
            {"dateTime": stamp, **envelope.closed(content)},
            client_ip=client_ip,
        )
        told = envelope.opened(answer)
        self._hear("initialize, opened", 200, json.dumps(told).encode())
        reference, challenge = text(told, "paymentReferenceId"), text(told, "challenge")
        if not reference or not challenge or len(reference) > 120:
            raise GatewayDown("an order without a reference")
        return reference, challenge

    def _outcome(self, answer: Mapping[str, Any], known: Known) -> Outcome:
        verdict = _VERDICTS.get(text(answer, "status"))
        if verdict is None:
            raise GatewayDown("a status that is none")
        mine = (text(answer, "merchantId"), text(answer, "paymentRefId"))
        if mine != (self._merchant, known.session_key):
            return Outcome(Verdict.UNKNOWN, answer=kept(answer, _KEPT))
        paid_by = text(answer, "issuerPaymentRefNo")
        if verdict is Verdict.PAID and not paid_by:
            raise GatewayDown("a payment without a transaction")
        return Outcome(
            verdict,
            order=text(answer, "orderId"),
            reference=paid_by[:80],
            bank_reference=paid_by[:80],
            amount=amount(answer, "amount"),
            currency="BDT",  # orders are made in no other (currencyCode 050)
            method="NAGAD",
            payer=masked(text(answer, "clientMobileNo")),
            code=text(answer, "statusCode")[:30],
            words="" if verdict is Verdict.PAID else text(answer, "status"),
            paid_at=_moment(text(answer, "issuerPaymentDateTime")),
            answer=kept(answer, _KEPT),
        )

    def _envelope(self) -> Envelope:
        return Envelope(
            ours=self._credentials["private_key"],
            theirs=self._credentials["public_key"],
            hash_name=self._credentials.get("signature_hash") or "SHA256",
        )

    def _post(self, path: str, body: Mapping[str, Any], *, client_ip: str) -> dict[str, Any]:
        return self._call("POST", path, body, client_ip=client_ip)

    def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None, *, client_ip: str
    ) -> dict[str, Any]:
        status, raw = http.call(
            method,
            f"{self._api}{path}",
            json=body,
            headers={
                "X-KM-Api-Version": self._credentials.get("api_version") or "v-0.2.0",
                "X-KM-IP-V4": _v4(client_ip),
                "X-KM-Client-Type": "PC_WEB",
                "X-KM-MC-Id": self._merchant,
            },
        )
        self._hear(path.split("/")[2], status, raw)
        if status == 429 or status >= 500:
            raise GatewayDown(f"status {status}")
        answer = parsed(raw)
        reason = text(answer, "reason")
        if status == 200 and not reason:
            return answer
        detail = text(answer, "message") or f"status {status}"
        if reason in _CREDENTIALS_WRONG or status in (401, 403):
            raise WrongCredentials(detail, code=reason)
        if not reason:
            raise GatewayDown(detail)
        raise GatewayRefused(detail, code=reason)


def _v4(address: str) -> str:
    """Return the customer's address, or a loopback one where the header cannot hold it."""
    try:
        return str(ipaddress.IPv4Address(address))
    except ValueError:
        return "127.0.0.1"


def _moment(written: str) -> datetime | None:
    """Read ``2021-08-25 14:51:56.0`` as verify writes it, or the guide's ``20210825145156``."""
    stamp = written.partition(".")[0]
    form = "%Y-%m-%d %H:%M:%S" if "-" in stamp else "%Y%m%d%H%M%S"
    try:
        return datetime.strptime(stamp, form).replace(tzinfo=ZONE)
    except ValueError:
        return None
