"""SSLCommerz v4, over its published library with every call of it replaced.

Facts: developer.sslcommerz.com/doc/v4 (May 2019, refunds February 2025) and the public clients.
The library prints and returns None on errors, waits for ever and trusts the sender's list of
signed fields (docs/adr/0020-gateways.md); addresses and the names of parameters are its own.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from sslcommerz_lib import SSLCOMMERZ

from ispbill.core.marking import gettext_noop
from payments.gateways import http
from payments.gateways.contract import (
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
from payments.gateways.errors import GatewayDown, GatewayRefused, NotLetIn, WrongCredentials

ZONE = ZoneInfo("Asia/Dhaka")
_SIGNED: Final = {"tran_id", "amount", "status", "currency"}
_MOST_SIGNED = 100
_VERDICTS = {
    "VALID": Verdict.PAID,
    "VALIDATED": Verdict.PAID,
    "PENDING": Verdict.PENDING,
    "FAILED": Verdict.FAILED,
    "CANCELLED": Verdict.CANCELLED,
    "UNATTEMPTED": Verdict.PENDING,
    "EXPIRED": Verdict.EXPIRED,
}
_CLAIMS = {"success": Verdict.PAID, "fail": Verdict.FAILED, "cancel": Verdict.CANCELLED}
# Rocket is Dutch-Bangla Bank's mobile banking.
_WALLETS = (
    ("BKASH", "BKASH"), ("NAGAD", "NAGAD"), ("DBBLMOBILE", "ROCKET"), ("ROCKET", "ROCKET"),
    ("UPAY", "UPAY"),
)  # fmt: skip
_KEPT = (
    "status", "tran_id", "val_id", "bank_tran_id", "amount", "store_amount", "currency",
    "currency_type", "currency_amount", "card_type", "card_no", "card_issuer", "card_brand",
    "card_issuer_country", "risk_level", "risk_title", "tran_date", "validated_on", "error",
    "APIConnect",
)  # fmt: skip
_CREDENTIALS_WRONG = re.compile(
    r"store (id|pass|cred|is)|credential|credentail|de-?activ|inactive", re.IGNORECASE
)
_NOT_LET_IN = re.compile(r"\bip\b|white-?list", re.IGNORECASE)
_REASONS = ("errorReason", "failedreason", "error")


class _Library(SSLCOMMERZ):  # type: ignore[misc]  # the library has no types
    """The library with its one way out replaced: deadlines, typed errors, a copy of the payload."""

    def __init__(self, base_url: str, store_id: str, password: str, hear: Hear) -> None:
        super().__init__({"store_id": store_id, "store_pass": password, "issandbox": True})
        self._hear = hear
        self.createSessionUrl = f"{base_url}/gwprocess/v4/api.php"
        self.validation_url = f"{base_url}/validator/api/validationserverAPI.php"
        self.transaction_url = f"{base_url}/validator/api/merchantTransIDvalidationAPI.php"

    def call_api(self, method: str, url: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        values = {name: str(value) for name, value in payload.items()}
        if method == "POST":
            status, body = http.call(method, url, form=values)
        else:
            status, body = http.call(method, url, params=values)
        self._hear(_asked_for(url, values), status, body)
        if status != 200:
            raise GatewayDown(f"status {status}")
        try:
            answer = json.loads(body, parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            raise GatewayDown("an answer that cannot be read") from error
        if not isinstance(answer, dict):
            raise GatewayDown("an answer of another shape")
        return answer


class SslCommerz:
    """One store. Credentials: ``store_id``, ``store_password``, ``fallback_email``."""

    order_length = 30
    can_refund = True
    refund_id_is_once = True  # refund_trans_id, required since 2025

    def __init__(self, base_url: str, credentials: Mapping[str, str], hear: Hear = unheard) -> None:
        self._store_id = credentials["store_id"]
        self._password = credentials["store_password"]
        self._email = credentials.get("fallback_email", "")
        self._library = _Library(base_url.rstrip("/"), self._store_id, self._password, hear)
        self._refund_url: str = self._library.transaction_url

    def start(self, order: Order) -> Started:
        answer = self._library.createSession(self._session(order))
        if _text(answer, "status").upper() != "SUCCESS":
            raise _refused(_text(answer, "failedreason") or _text(answer, "status"))
        url, key = _text(answer, "GatewayPageURL"), _text(answer, "sessionkey")
        if not url.startswith(("https://", "http://")) or not key:
            raise GatewayDown("a session without an address")
        return Started(redirect_url=url, session_key=key[:120])

    def read(self, claim: str, fields: Mapping[str, Any]) -> Hint:
        status = _one(fields, "status").upper()
        return Hint(
            order=_one(fields, "tran_id"),
            claim=_VERDICTS.get(status) or _CLAIMS.get(claim, Verdict.UNKNOWN),
            reference=_one(fields, "val_id"),
            is_genuine=self.is_signed(fields),
            words=_one(fields, "error")[:300],
        )

    def is_signed(self, fields: Mapping[str, Any]) -> bool:
        """Tell whether a message carries our store's signature over the fields that matter.

        The sender lists the signed fields itself, so the ones money depends on must be in the
        list. SHA-256 counts when it is there, MD5 only where it is not.
        """
        names = _one(fields, "verify_key").split(",")
        values = {name: fields.get(name) for name in names}
        needed = _SIGNED | ({"val_id"} if _one(fields, "status").upper() == "VALID" else set())
        if len(names) > _MOST_SIGNED or len(values) != len(names) or not needed <= set(names):
            return False
        if not all(isinstance(value, str) for value in values.values()):
            return False
        for sign, digest in (("verify_sign_sha2", hashlib.sha256), ("verify_sign", hashlib.md5)):
            given = _one(fields, sign)
            if given:
                secret = digest(self._password.encode()).hexdigest()
                words = {**values, "store_passwd": secret}
                line = "&".join(f"{name}={words[name]}" for name in sorted(words))
                made = digest(line.encode()).hexdigest()
                return hmac.compare_digest(made.encode(), given.lower().encode())
        return False

    def confirm(self, known: Known, hint: Hint) -> Outcome:
        """Validate by the `val_id` of a notice; without one, ask for the transaction."""
        return self._validated(hint.reference) if hint.reference else self.query(known)

    def query(self, known: Known) -> Outcome:
        """Ask for the transaction; one that is valid is then validated as a notice would be.

        A page can be tried several times, and paid several times: the payment we credited comes
        first, the other ones beside it.
        """
        answer = self._library.transaction_query_tranid(known.order)
        _check_connect(answer)
        tries = _rows(answer.get("element"))
        credited = known.gateway_reference
        tries.sort(key=lambda row: not credited or _text(row, "val_id") != credited)
        read = [(row, _VERDICTS.get(_text(row, "status").upper())) for row in tries]
        paid = [_text(row, "val_id") for row, verdict in read if verdict is Verdict.PAID]
        payments = [self._validated(val_id) for val_id in dict.fromkeys(paid) if val_id]
        if credited and credited not in paid:
            for row, verdict in read:
                if verdict is not None and _text(row, "val_id") == credited:
                    return replace(_outcome(row, verdict), others=tuple(payments))
        if payments:
            return replace(payments[0], others=tuple(payments[1:]))
        for wanted in (Verdict.PENDING, Verdict.CANCELLED, Verdict.FAILED, Verdict.EXPIRED):
            for row, verdict in read:
                if verdict is wanted:
                    return _outcome(row, wanted)
        return Outcome(Verdict.UNKNOWN, order=known.order, answer=_kept(answer))

    def refund(self, refund: RefundOrder) -> RefundOutcome:
        """Ask for money to be sent back. The same `order` again is the same refund (since 2025)."""
        answer = self._library.call_api(
            "GET",
            self._refund_url,
            {
                "bank_tran_id": refund.bank_reference,
                "refund_trans_id": refund.order,
                "refund_amount": f"{refund.amount:.2f}",
                "refund_remarks": refund.reason[:255],
                "refe_id": refund.order,
                "store_id": self._store_id,
                "store_passwd": self._password,
                "format": "json",
            },
        )
        return self._refund_outcome(answer)

    def refund_state(self, refund: RefundOrder, reference: str) -> RefundOutcome:
        if not reference:
            return RefundOutcome(RefundState.UNKNOWN)
        return self._refund_outcome(self._library.query_refund_status(reference))

    def given_back(self, refund: RefundOrder) -> Decimal | None:
        return None

    def test(self) -> Sequence[Step]:
        """Ask for a transaction that cannot exist: a wrong password is told apart from silence."""
        reached = Step(gettext_noop("The gateway answers."), is_passed=True)
        try:
            answer = self._library.transaction_query_tranid("ISPBILLTEST0")
            _check_connect(answer)
        except NotLetIn as error:
            return [reached, Step(error.template, is_passed=False, values=error.values)]
        except WrongCredentials as error:
            words = gettext_noop(
                "Store ID or store password is wrong, or the store is inactive"
                " (SSLCommerz says: %(detail)s)."
            )
            return [reached, Step(words, is_passed=False, values=error.values)]
        except GatewayRefused as error:
            return [reached, Step(error.template, is_passed=False, values=error.values)]
        except GatewayDown as error:
            return [Step(error.template, is_passed=False, values=error.values)]
        return [reached, Step(gettext_noop("Store ID and password are accepted."), is_passed=True)]

    def _session(self, order: Order) -> dict[str, str]:
        return {
            "total_amount": f"{order.amount:.2f}",
            "currency": order.currency,
            "tran_id": order.order,
            "product_category": "internet",
            "success_url": f"{order.return_url}success/",
            "fail_url": f"{order.return_url}fail/",
            "cancel_url": f"{order.return_url}cancel/",
            "ipn_url": order.notice_url,
            "cus_name": order.customer_name[:50],
            "cus_email": (order.customer_email or self._email)[:50],
            "cus_add1": (order.customer_address or "-")[:50],
            "cus_city": (order.customer_city or "-")[:50],
            "cus_postcode": "-",
            "cus_country": "Bangladesh",
            "cus_phone": order.customer_phone[:20],
            "shipping_method": "NO",
            "num_of_item": "1",
            "product_name": order.description[:255],
            "product_profile": "non-physical-goods",
            "value_a": order.customer_number[:255],
        }

    def _validated(self, val_id: str) -> Outcome:
        answer = self._library.validationTransactionOrder(val_id)
        _check_connect(answer)
        status = _text(answer, "status").upper()
        if status == "INVALID_TRANSACTION":
            return Outcome(Verdict.UNKNOWN, answer=_kept(answer))
        verdict = _VERDICTS.get(status)
        if verdict is None:
            raise GatewayDown("a status that is none")
        return _outcome(answer, verdict, store_id=self._store_id)

    def _refund_outcome(self, answer: Mapping[str, Any]) -> RefundOutcome:
        _check_connect(answer)
        status = _text(answer, "status").lower()
        state = {
            "success": RefundState.PROCESSING,
            "processing": RefundState.PROCESSING,
            "refunded": RefundState.DONE,
            "failed": RefundState.REFUSED,
            "cancelled": RefundState.REFUSED,
        }.get(status)
        if state is None:
            raise GatewayDown("a refund state that is none")
        if state is RefundState.REFUSED and _NOT_LET_IN.search(_reason(answer)):
            # Nothing is wrong with the refund: it goes out once our address is let in.
            raise NotLetIn(_reason(answer))
        return RefundOutcome(
            state, _text(answer, "refund_ref_id")[:80], _text(answer, "errorReason")[:300]
        )


def _asked_for(url: str, values: Mapping[str, str]) -> str:
    """Name what is asked: three questions share one address."""
    if url.endswith("/api.php"):
        return "session"
    if url.endswith("/validationserverAPI.php"):
        return "validation"
    if "refund_ref_id" in values:
        return "refund state"
    return "refund" if "refund_amount" in values else "query"


def _outcome(row: Mapping[str, Any], verdict: Verdict, *, store_id: str = "") -> Outcome:
    """Read one transaction. What was asked is `currency_type` and `currency_amount`."""
    paid = verdict is Verdict.PAID
    if paid and store_id and _text(row, "store_id") not in ("", store_id):
        return Outcome(Verdict.UNKNOWN, answer=_kept(row))
    amount = _amount(row, "currency_amount")
    if amount is None:
        amount = _amount(row, "amount")
    settled, received = _amount(row, "amount"), _amount(row, "store_amount")
    return Outcome(
        verdict,
        order=_text(row, "tran_id"),
        reference=_text(row, "val_id")[:80],
        bank_reference=_text(row, "bank_tran_id")[:80],
        amount=amount,
        currency=_text(row, "currency_type") or _text(row, "currency"),
        fee=settled - received if settled is not None and received is not None else None,
        method=_method(_text(row, "card_type"), _text(row, "card_brand")),
        instrument=_text(row, "card_type")[:60],
        payer=_text(row, "card_no")[:40],
        is_risky=_text(row, "risk_level") not in ("", "0"),
        words=_text(row, "error")[:300],
        paid_at=_moment(_text(row, "tran_date")),
        answer=_kept(row),
    )


def _method(card_type: str, brand: str) -> str:
    """Name what was paid with: ``card_type`` is "wallet or bank, dash, its name" or a card's."""
    kind, brand = card_type.upper(), brand.upper()
    for word, method in _WALLETS:
        if word in kind:
            return method
    if "MOBILE" in brand or "MOBILE BANKING" in kind:
        return "WALLET"
    if "INTERNET" in kind or brand in ("IB", "INTERNETBANKING"):
        return "NETBANKING"
    return "EFT" if "BANK TRANSFER" in kind else "CARD"


def _rows(element: Any) -> list[Mapping[str, Any]]:
    """Return the tries a query lists: a list; a lone try or numbered ones as an object; or none,
    which may be written as an empty text."""
    if isinstance(element, dict):
        element = [element] if _text(element, "status") else element.values()
    elif not isinstance(element, list):
        return []
    return [row for row in element if isinstance(row, dict)]


def _check_connect(answer: Mapping[str, Any]) -> None:
    """Raise when the gateway did not take the question (``APIConnect``), with its own reason."""
    connect = _text(answer, "APIConnect").upper()
    reason = _reason(answer)
    if connect in ("FAILED", "INACTIVE"):
        raise _shut(reason or connect)
    if connect == "INVALID_REQUEST":
        raise GatewayRefused(reason or connect, code=connect)
    if connect != "DONE" and not (connect == "" and "status" in answer):
        raise GatewayDown("an answer of another shape")


def _reason(answer: Mapping[str, Any]) -> str:
    return next((found for name in _REASONS if (found := _text(answer, name))), "")


def _shut(reason: str) -> WrongCredentials:
    return NotLetIn(reason) if _NOT_LET_IN.search(reason) else WrongCredentials(reason)


def _refused(reason: str) -> GatewayRefused:
    if _NOT_LET_IN.search(reason) or _CREDENTIALS_WRONG.search(reason):
        return _shut(reason)
    return GatewayRefused(reason)


def _kept(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: _text(row, name)[:200] for name in _KEPT if name in row}


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return str(value).strip() if isinstance(value, str | int | Decimal) else ""


def _one(fields: Mapping[str, Any], name: str) -> str:
    """Return a field that came once, else nothing."""
    value = fields.get(name)
    return value.strip() if isinstance(value, str) else ""


def _amount(row: Mapping[str, Any], name: str) -> Decimal | None:
    """Return an exact amount, or None for anything that is not plain digits."""
    text = _text(row, name)
    return Decimal(text) if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", text) else None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE)
    except ValueError:
        return None
