"""bKash tokenized checkout, one-off payments (mode 0011): grant, create, execute, query, refund.

Business errors are HTTP 200 with a statusCode. Money moves when the merchant executes; executing
before the customer agreed kills the payment.
"""

import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from ispbill.devtools.sandbox.gateways.bkash_fields import problem, said, texts, written
from ispbill.devtools.sandbox.gateways.bkash_tokens import Tokens
from ispbill.devtools.sandbox.gateways.sslcommerz_page import decimal
from ispbill.devtools.sandbox.gateways.store import Charge, Session
from ispbill.devtools.sandbox.gateways.world import Asked, Button, Leaving, Refused, World, token

BASE = "/v1.2.0-beta/tokenized/checkout"
OPERATIONS = {
    "/token/grant": "grant",
    "/token/refresh": "refresh",
    "/create": "create",
    "/execute": "execute",
    "/payment/status": "status",
    "/general/searchTransaction": "search",
    "/payment/refund": "refund",
    "/payment/refund/status": "refund_status",
}
BASE_V2 = "/v2/tokenized-checkout"
OPERATIONS_V2 = {"/refund/payment/transaction": "refund", "/refund/payment/status": "refund_status"}
LIFE_SECONDS = 24 * 3600
MOST_REFUNDS = 10
PAYER = "01770618575"
_BUTTONS = [
    Button("pay", "Pay", is_payment=True),
    Button("pay_lost", "Pay, but the browser never returns"),
    Button("insufficient", "Pay with too little money"),
    Button("wrong_amount", "Wrong amount", is_payment=True),
    Button("fail", "Fail"),
    Button("cancel", "Cancel"),
    Button("close", "Close the window, pay nothing"),
]
_AGREED = {"pay": "", "pay_lost": "", "insufficient": "insufficient", "wrong_amount": "amount"}


class Bkash:
    """The gateway's own mind, without HTTP."""

    name = "bkash"

    def __init__(self, world: World) -> None:
        self._world = world
        self._store = world.store
        self.tokens = Tokens(world.addresses[self.name], world.switches, world.store)

    def operation(self, method: str, path: str) -> str:
        if method != "POST":
            return ""
        if path.startswith(BASE_V2):
            return OPERATIONS_V2.get(path.removeprefix(BASE_V2), "")
        return OPERATIONS.get(path.removeprefix(BASE), "") if path.startswith(BASE) else ""

    def act(self, operation: str, asked: Asked) -> tuple[int, Any]:
        if operation in {"grant", "refresh"}:
            return self.tokens.grant(asked, is_refresh=operation == "refresh")
        if not self.tokens.is_good(asked):
            if self._world.switches.says_2079:
                return 200, said("2079")
            return 401, {"message": "Unauthorized"}
        body = texts(asked.json or {})
        is_v2 = asked.path.startswith(BASE_V2)
        with self._store.lock:
            if operation == "create":
                return 200, self._create(body)
            if operation == "search":
                return 200, self._search(str(body.get("trxID", "")))
            session = self._store.session(str(body.get("paymentId" if is_v2 else "paymentID", "")))
            if session is None or session.gateway != self.name:
                return 200, _refusal("2002", is_v2=is_v2)
            if operation == "execute":
                return 200, self._execute(session)
            if operation == "status":
                return 200, self._status(session)
            if operation == "refund_status":
                return 200, self._refunds_told(session, body, is_v2=is_v2)
            return 200, self._refund(session, body, is_v2=is_v2)

    def inactive(self) -> tuple[int, Any]:
        return 200, said("503")

    def buttons(self, session: Session) -> list[Button]:
        if session.state != "Initiated":
            return [Button("return", "Return to the merchant")]
        return list(_BUTTONS)

    def press(self, session: Session, button: str, told: Mapping[str, Any]) -> Leaving:
        with self._store.lock:
            session = self._store.session(session.key) or session
            if button not in {one.name for one in self.buttons(session)}:
                raise Refused("This button does not work now.")
            if button == "close":
                return Leaving(note="The window was closed. Nothing was paid.")
            if button == "return":
                return self._back(session, session.facts.get("said", "success"))
            if button in _AGREED:
                session.state = "Agreed"
                session.facts |= {"said": "success", "trouble": _AGREED[button]}
                if button == "wrong_amount":
                    wanted = decimal(told["amount"]) if told.get("amount") else None
                    other = wanted or Decimal(session.amount) - Decimal("0.50")
                    session.facts["amount"] = f"{other:.2f}"
            else:
                session.state = "Declined"
                session.facts["said"] = "failure" if button == "fail" else "cancel"
            self._store.keep(session)
        if button == "pay_lost":
            return Leaving(note="Agreed, but the browser is gone.")
        return self._back(session, session.facts["said"])

    def _back(self, session: Session, status: str) -> Leaving:
        return Leaving(
            method="GET",
            url=_with(
                session.asked["callbackURL"],
                paymentID=session.key,
                status=status,
                signature=token(10),
                apiVersion="1.2.0-beta",
            ),
        )

    def _create(self, body: Mapping[str, Any]) -> dict[str, Any]:
        wrong = problem(body)
        if wrong:
            return said(wrong)
        session = self._store.open(
            Session(
                key=f"TR0011{token(12)}{int(time.time() * 1000)}",
                gateway=self.name,
                reference=body["merchantInvoiceNumber"],
                amount=body["amount"],
                currency="BDT",
                state="Initiated",
                asked=dict(body),
                facts={"made": time.time(), "created": written()},
            )
        )
        callback = body["callbackURL"]
        told = {"paymentID": session.key, "signature": token(10)}
        return said(
            "0000",
            paymentID=session.key,
            bkashURL=self._world.page(self.name, session.key),
            callbackURL=callback,
            successCallbackURL=_with(callback, **told, status="success"),
            failureCallbackURL=_with(callback, **told, status="failure"),
            cancelledCallbackURL=_with(callback, **told, status="cancel"),
            amount=session.amount,
            intent="sale",
            currency="BDT",
            paymentCreateTime=session.facts["created"],
            transactionStatus="Initiated",
            merchantInvoiceNumber=session.reference,
        )

    def _execute(self, session: Session) -> dict[str, Any]:
        if session.facts.get("executed"):
            return said("2117")
        session.facts["executed"] = True
        if session.state != "Agreed" or time.time() - session.facts["made"] > LIFE_SECONDS:
            session.state = "Declined"
            self._store.keep(session)
            return said("2056")
        if self._is_paid_elsewhere(session):
            session.state = "Declined"
            self._store.keep(session)
            return said("2029")
        if session.facts["trouble"] == "insufficient":
            session.state = "Declined"
            self._store.keep(session)
            return said("2023")
        session.state = "Completed"
        session.facts |= {"trxID": token(10), "executed_at": written()}
        self._store.keep(session)
        self._store.charge(
            Charge(
                session=session.key,
                gateway=self.name,
                proof=session.facts["trxID"],
                bank_ref=session.facts["trxID"],
                state="Completed",
                facts={"amount": self._amount(session)},
            )
        )
        return said("0000", **self._payment(session))

    def _is_paid_elsewhere(self, session: Session) -> bool:
        same = self._store.sessions(gateway=self.name, reference=session.reference)
        return any(one.state == "Completed" for one in same)

    def _amount(self, session: Session) -> str:
        return str(session.facts.get("amount", session.amount))

    def _payment(self, session: Session) -> dict[str, Any]:
        return {
            "paymentID": session.key,
            "trxID": session.facts["trxID"],
            "transactionStatus": "Completed",
            "amount": self._amount(session),
            "currency": "BDT",
            "intent": "sale",
            "paymentExecuteTime": session.facts["executed_at"],
            "merchantInvoiceNumber": session.reference,
            "payerReference": session.asked["payerReference"],
            "customerMsisdn": PAYER,
            "payerType": "Customer",
            "payerAccount": PAYER,
        }

    def _status(self, session: Session) -> dict[str, Any]:
        """A question names the invoice in another field than an execution, and no wallet."""
        is_seen = "Complete" if session.state in {"Agreed", "Completed"} else "Incomplete"
        answer = {
            "paymentID": session.key,
            "mode": "0011",
            "paymentCreateTime": session.facts["created"],
            "amount": self._amount(session),
            "currency": "BDT",
            "intent": "sale",
            "merchantInvoice": session.reference,
            "transactionStatus": "Initiated",
            "verificationStatus": is_seen,
            "payerReference": session.asked["payerReference"],
        }
        if session.state == "Completed":
            answer |= {
                "transactionStatus": "Completed",
                "trxID": session.facts["trxID"],
                "paymentExecuteTime": session.facts["executed_at"],
            }
        elif session.state == "Declined":
            answer["transactionStatus"] = "Declined"
        return said("0000", **answer)

    def _search(self, trx_id: str) -> dict[str, Any]:
        charge = self._store.charge_by(self.name, proof=trx_id)
        session = self._store.session(charge.session) if charge else None
        if session is None:
            return said("2003")
        return said(
            "0000",
            trxID=trx_id,
            initiationTime=session.facts["executed_at"],
            completedTime=session.facts["executed_at"],
            transactionType="bKash Tokenized Checkout via API",
            customerMsisdn=PAYER,
            payerAccount=PAYER,
            transactionStatus="Completed",
            amount=self._amount(session),
            currency="BDT",
            organizationShortCode="50022",
            transactionReference=session.asked["payerReference"],
        )

    def _refund(self, session: Session, body: Mapping[str, Any], *, is_v2: bool) -> dict[str, Any]:
        """Send money back. v1 (paymentID, trxID, amount) asks for the state by leaving the amount
        out; v2 (paymentId, trxId, refundAmount) has an address for that."""
        trx_id = str(body.get("trxId" if is_v2 else "trxID", ""))
        if session.state != "Completed" or trx_id != session.facts["trxID"]:
            return _refusal("2002", is_v2=is_v2)
        wanted = body.get("refundAmount" if is_v2 else "amount")
        if wanted is None and not is_v2:
            return self._refunds_told(session, body, is_v2=False)
        before = self._store.refunds_of(self.name, trx_id)
        if not body.get("sku") or not body.get("reason"):
            return _refusal("2065", is_v2=is_v2)
        amount, gone = decimal(wanted), sum((decimal(one["amount"]) for one in before), Decimal(0))
        if amount <= 0 or gone + amount > Decimal(self._amount(session)):
            return _refusal("2071", is_v2=is_v2)
        if len(before) >= MOST_REFUNDS:
            return _refusal("2003", is_v2=is_v2)
        self._store.add_refund(
            ref=token(10),
            gateway=self.name,
            wanted_ref=str(body["sku"]),
            bank_ref=trx_id,
            amount=str(wanted),
            state="Completed",
            facts={"completed": written()},
        )
        last = self._store.refunds_of(self.name, trx_id)[-1]
        if not is_v2:
            return said("0000", **self._row_v1(session, last))
        return {
            "originalTrxId": trx_id,
            "originalTrxAmount": self._amount(session),
            **_row_v2(last),
            "currency": "BDT",
            "sku": str(body["sku"]),
            "reason": str(body["reason"]),
        }

    def _refunds_told(
        self, session: Session, body: Mapping[str, Any], *, is_v2: bool
    ) -> dict[str, Any]:
        trx_id = str(body.get("trxId" if is_v2 else "trxID", ""))
        if session.state != "Completed" or trx_id != session.facts["trxID"]:
            return _refusal("2002", is_v2=is_v2)
        refunds = self._store.refunds_of(self.name, trx_id)
        if is_v2:
            return {
                "originalTrxId": trx_id,
                "originalTrxAmount": self._amount(session),
                "originalTrxCompletedTime": session.facts["executed_at"],
                "refundTransactions": [_row_v2(one) for one in refunds],
            }
        if not refunds:
            return said("2003")
        return said("0000", **self._row_v1(session, refunds[-1]))

    def _row_v1(self, session: Session, one: dict[str, Any]) -> dict[str, Any]:
        return {
            "completedTime": one["facts"]["completed"],
            "transactionStatus": one["state"],
            "originalTrxID": session.facts["trxID"],
            "refundTrxID": one["ref"],
            "amount": one["amount"],
            "currency": "BDT",
            "charge": "0.00",
        }


def _row_v2(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "refundTrxId": one["ref"],
        "refundTransactionStatus": one["state"],
        "refundAmount": one["amount"],
        "completedTime": one["facts"]["completed"],
    }


def _refusal(code: str, *, is_v2: bool) -> dict[str, Any]:
    """v2 refuses in a shape of its own."""
    told = said(code)
    if not is_v2:
        return told
    words = told["statusMessage"]
    return {
        "internalCode": code,
        "externalCode": code,
        "errorMessageEn": words,
        "errorMessageBn": words,
    }


def _with(url: str, **told: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(told)}"
