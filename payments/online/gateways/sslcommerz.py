"""SSLCommerz v4, over its published library with every call of it replaced.

Facts: developer.sslcommerz.com/doc/v4 (May 2019, refunds February 2025) and the public clients.
The library prints and returns None on errors, waits for ever and trusts the sender's list of
signed fields (docs/adr/0020-gateways.md); addresses and the names of parameters are its own.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from sslcommerz_lib import SSLCOMMERZ

from ispbill.core.marking import gettext_noop
from payments.online.gateways import answers, http
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
from payments.online.gateways.errors import GatewayDown, GatewayRefused, NotLetIn, WrongCredentials
from payments.online.gateways.sslcommerz_answers import (
    KEPT,
    NOT_LET_IN,
    VERDICTS,
    check_connect,
    outcome_of,
    reason_of,
    refused,
    tries_of,
)

_SIGNED: Final = {"tran_id", "amount", "status", "currency"}
_MOST_SIGNED = 100
_CLAIMS = {"success": Verdict.PAID, "fail": Verdict.FAILED, "cancel": Verdict.CANCELLED}


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
        return answers.parsed(body)


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
        if answers.text(answer, "status").upper() != "SUCCESS":
            raise refused(answers.text(answer, "failedreason") or answers.text(answer, "status"))
        url, key = answers.text(answer, "GatewayPageURL"), answers.text(answer, "sessionkey")
        if not url.startswith(("https://", "http://")) or not key:
            raise GatewayDown("a session without an address")
        return Started(redirect_url=url, session_key=key[:120])

    def read(self, claim: str, fields: Mapping[str, Any]) -> Hint:
        status = answers.one(fields, "status").upper()
        return Hint(
            order=answers.one(fields, "tran_id"),
            claim=VERDICTS.get(status) or _CLAIMS.get(claim, Verdict.UNKNOWN),
            reference=answers.one(fields, "val_id"),
            is_genuine=self.is_signed(fields),
            words=answers.one(fields, "error")[:300],
        )

    def is_signed(self, fields: Mapping[str, Any]) -> bool:
        """Tell whether a message carries our store's signature over the fields that matter.

        The sender lists the signed fields itself, so the ones money depends on must be in the
        list. SHA-256 counts when it is there, MD5 only where it is not.
        """
        names = answers.one(fields, "verify_key").split(",")
        values = {name: fields.get(name) for name in names}
        needed = _SIGNED | (
            {"val_id"} if answers.one(fields, "status").upper() == "VALID" else set()
        )
        if len(names) > _MOST_SIGNED or len(values) != len(names) or not needed <= set(names):
            return False
        if not all(isinstance(value, str) for value in values.values()):
            return False
        for sign, digest in (("verify_sign_sha2", hashlib.sha256), ("verify_sign", hashlib.md5)):
            given = answers.one(fields, sign)
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
        check_connect(answer)
        tries = tries_of(answer.get("element"))
        credited = known.gateway_reference
        tries.sort(key=lambda row: not credited or answers.text(row, "val_id") != credited)
        read = [(row, VERDICTS.get(answers.text(row, "status").upper())) for row in tries]
        paid = [answers.text(row, "val_id") for row, verdict in read if verdict is Verdict.PAID]
        payments = [self._validated(val_id) for val_id in dict.fromkeys(paid) if val_id]
        if credited and credited not in paid:
            for row, verdict in read:
                if verdict is not None and answers.text(row, "val_id") == credited:
                    return replace(outcome_of(row, verdict), others=tuple(payments))
        if payments:
            return replace(payments[0], others=tuple(payments[1:]))
        for wanted in (Verdict.PENDING, Verdict.CANCELLED, Verdict.FAILED, Verdict.EXPIRED):
            for row, verdict in read:
                if verdict is wanted:
                    return outcome_of(row, wanted)
        return Outcome(Verdict.UNKNOWN, order=known.order, answer=answers.kept(answer, KEPT))

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
            check_connect(answer)
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
        check_connect(answer)
        status = answers.text(answer, "status").upper()
        if status == "INVALID_TRANSACTION":
            return Outcome(Verdict.UNKNOWN, answer=answers.kept(answer, KEPT))
        verdict = VERDICTS.get(status)
        if verdict is None:
            raise GatewayDown("a status that is none")
        return outcome_of(answer, verdict, store_id=self._store_id)

    def _refund_outcome(self, answer: Mapping[str, Any]) -> RefundOutcome:
        check_connect(answer)
        status = answers.text(answer, "status").lower()
        state = {
            "success": RefundState.PROCESSING,
            "processing": RefundState.PROCESSING,
            "refunded": RefundState.DONE,
            "failed": RefundState.REFUSED,
            "cancelled": RefundState.REFUSED,
        }.get(status)
        if state is None:
            raise GatewayDown("a refund state that is none")
        if state is RefundState.REFUSED and NOT_LET_IN.search(reason_of(answer)):
            # Nothing is wrong with the refund: it goes out once our address is let in.
            raise NotLetIn(reason_of(answer))
        return RefundOutcome(
            state,
            answers.text(answer, "refund_ref_id")[:80],
            answers.text(answer, "errorReason")[:300],
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
