"""SSLCommerz v4: session, validation, queries, refunds. Source: developer.sslcommerz.com/doc/v4.

Every answer is HTTP 200; whether it went well is in the body.
"""

import hmac
import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ispbill.devtools.sandbox.gateways import sslcommerz_answers as answers
from ispbill.devtools.sandbox.gateways import sslcommerz_page as page
from ispbill.devtools.sandbox.gateways.sslcommerz_fields import problem
from ispbill.devtools.sandbox.gateways.store import Session
from ispbill.devtools.sandbox.gateways.world import Asked, Button, Leaving, World, dhaka_now, token

SESSION = "/gwprocess/v4/api.php"
VALIDATION = "/validator/api/validationserverAPI.php"
QUERIES = "/validator/api/merchantTransIDvalidationAPI.php"
PAID = {"VALID", "VALIDATED"}
_WAYS = (
    ("bKash", "mobilebanking", "bkash"),
    ("Nagad", "mobilebanking", "nagad"),
    ("Rocket", "mobilebanking", "dbblmobilebanking"),
    ("VISA", "visa", "visacard"),
    ("MASTER", "master", "mastercard"),
)


class SslCommerz:
    """The gateway's own mind, without HTTP."""

    name = "sslcommerz"

    def __init__(self, world: World) -> None:
        self._world = world
        self._store = world.store
        self._place = world.addresses[self.name]

    def operation(self, method: str, path: str) -> str:
        """A question may be posted with its query in the address, as the Node client does."""
        if path == SESSION:
            return "session" if method == "POST" else ""
        return {VALIDATION: "validation", QUERIES: "query"}.get(path, "")

    def act(self, operation: str, asked: Asked) -> tuple[int, Any]:
        if operation == "session":
            return 200, self._open(asked.form)
        told = asked.query | asked.form
        if not self._may_enter(told):
            return 200, {"APIConnect": "FAILED", "status": "INVALID_TRANSACTION"}
        if operation == "validation":
            return 200, self._validate(told.get("val_id", ""))
        if "refund_ref_id" in told:
            return 200, self._refund_state(told["refund_ref_id"])
        if "refund_amount" in told:
            return 200, self._refund(told)
        if "sessionkey" in told:
            return 200, self._by_session(told["sessionkey"])
        if told.get("tran_id"):
            return 200, self._by_tran_id(told["tran_id"])
        return 200, {"APIConnect": "INVALID_REQUEST"}

    def inactive(self) -> tuple[int, Any]:
        return 200, {
            "APIConnect": "INACTIVE",
            "status": "FAILED",
            "failedreason": "Store Credential Error Or Store is De-active",
        }

    def buttons(self, session: Session) -> list[Button]:
        return page.buttons(session)

    def press(self, session: Session, button: str, told: Mapping[str, Any]) -> Leaving:
        return page.press(self._world, session.key, button, told)

    # --- sessions ---------------------------------------------------------------------------

    def _open(self, form: Mapping[str, str]) -> dict[str, Any]:
        if not self._may_enter(form):
            return _no_session("Store Credential Error Or Store is De-active")
        wrong = problem(form)
        if wrong:
            return _no_session(wrong)
        with self._store.lock:
            same = self._store.sessions(gateway=self.name, reference=form["tran_id"])
            if any(one.state in PAID for one in same):
                return _no_session("Duplicate tran_id: this transaction was paid already.")
            session = self._store.open(
                Session(
                    key=token(32, "0123456789ABCDEF"),
                    gateway=self.name,
                    reference=form["tran_id"],
                    amount=f"{Decimal(form['total_amount']):.2f}",
                    currency=form["currency"],
                    state="PENDING",
                    asked={name: form[name] for name in form if name != "store_passwd"},
                )
            )
        return self._opened(session)

    def _opened(self, session: Session) -> dict[str, Any]:
        address = self._world.page(self.name, session.key)
        logos = f"{self._place['base_url']}/gwprocess/v4/image/gw"
        return {
            "status": "SUCCESS",
            "failedreason": "",
            "sessionkey": session.key,
            "gw": {
                "visa": "visacard",
                "master": "mastercard",
                "amex": "amexcard",
                "othercards": "othercard",
                "internetbanking": "internetbank",
                "mobilebanking": "bkash,nagad,dbblmobilebanking",
            },
            "redirectGatewayURL": f"{address}?way=",
            "redirectGatewayURLFailed": "",
            "directPaymentURLBank": "",
            "directPaymentURLCard": "",
            "directPaymentURL": "",
            "GatewayPageURL": address,
            "storeBanner": "",
            "storeLogo": "",
            "store_name": "Demo store",
            "desc": [
                {
                    "name": name,
                    "type": kind,
                    "logo": f"{logos}/{way}.png",
                    "gw": way,
                    "r_flag": "1",
                    "redirectGatewayURL": f"{address}?way={way}",
                }
                for name, kind, way in _WAYS
            ],
            "is_direct_pay_enable": "0",
        }

    # --- validation and queries -------------------------------------------------------------

    def _validate(self, val_id: str) -> dict[str, Any]:
        with self._store.lock:
            charge = self._store.charge_by(self.name, proof=val_id)
            if charge is None or charge.state not in PAID:
                return {"APIConnect": "DONE", "status": "INVALID_TRANSACTION"}
            first = "validated_on" not in charge.facts
            if first:
                charge.facts["validated_on"] = _written_now()
            answer = answers.validated(charge)
            if first:
                charge.state = "VALIDATED"
                self._store.keep_charge(charge)
                session = self._store.session(charge.session)
                if session is not None:
                    session.state = "VALIDATED"
                    self._store.keep(session)
        return answer

    def _by_session(self, key: str) -> dict[str, Any]:
        session = self._store.session(key)
        if session is None or session.gateway != self.name:
            return {"APIConnect": "DONE", "status": "INVALID_TRANSACTION", "sessionkey": key}
        charges = self._store.charges_of(key)
        if charges:
            return answers.of_session(charges[-1])
        return {
            "APIConnect": "DONE",
            "status": session.state,
            "sessionkey": key,
            "tran_id": session.reference,
            "currency_type": session.currency,
            "currency_amount": session.amount,
        }

    def _by_tran_id(self, tran_id: str) -> dict[str, Any]:
        sessions = self._store.sessions(gateway=self.name, reference=tran_id)
        tries = [charge for one in reversed(sessions) for charge in self._store.charges_of(one.key)]
        return {
            "APIConnect": "DONE",
            "no_of_trans_found": len(tries),
            "element": [answers.listed(charge) for charge in tries] or [answers.unknown(tran_id)],
        }

    # --- refunds ----------------------------------------------------------------------------

    def _refund(self, told: Mapping[str, str]) -> dict[str, Any]:
        bank_ref, wanted = told.get("bank_tran_id", ""), told.get("refund_trans_id", "")
        answer: dict[str, Any] = {
            "APIConnect": "DONE",
            "bank_tran_id": bank_ref,
            "trans_id": "",
            "refund_ref_id": "",
            "status": "failed",
            "errorReason": "",
        }
        if not wanted or len(wanted) > 30:
            return answer | {"errorReason": "refund_trans_id is required, at most 30 characters"}
        if not told.get("refund_remarks") or len(told["refund_remarks"]) > 255:
            return answer | {"errorReason": "refund_remarks is required, at most 255 characters"}
        with self._store.lock:
            charge = self._store.charge_by(self.name, bank_ref=bank_ref)
            answer["trans_id"] = charge.facts["tran_id"] if charge else ""
            before = self._store.refunds_of(self.name, bank_ref)
            same = [one for one in before if one["wanted_ref"] == wanted]
            if same:  # "The refund has been initiated already", whatever became of the payment
                return answer | {"status": "processing", "refund_ref_id": same[0]["ref"]}
            if charge is None or charge.state not in PAID:
                return answer | {"errorReason": "Transaction not found or not paid"}
            amount = page.decimal(told["refund_amount"])
            gone = sum(
                (Decimal(one["amount"]) for one in before if one["state"] != "cancelled"),
                Decimal(0),
            )
            if amount <= 0 or gone + amount > Decimal(charge.facts["amount"]):
                return answer | {"errorReason": "Refund amount exceeds the transaction amount"}
            ref = token(13, "0123456789abcdef")
            self._store.add_refund(
                ref=ref,
                gateway=self.name,
                wanted_ref=wanted,
                bank_ref=bank_ref,
                amount=f"{amount:.2f}",
                state="processing",
                facts={"initiated_on": _written_now(), "since": time.time()},
            )
        return answer | {"status": "success", "refund_ref_id": ref}

    def _refund_state(self, ref: str) -> dict[str, Any]:
        refund = self._store.refund(ref)
        if refund is None:
            return {
                "APIConnect": "DONE",
                "refund_ref_id": ref,
                "status": "cancelled",
                "errorReason": "Unknown refund_ref_id",
            }
        waited = time.time() - refund["facts"]["since"]
        if refund["state"] == "processing" and waited >= self._world.switches.refund_seconds:
            refund["state"] = "refunded"
            self._store.turn_refund(ref, "refunded")
        charge = self._store.charge_by(self.name, bank_ref=refund["bank_ref"])
        return {
            "APIConnect": "DONE",
            "bank_tran_id": refund["bank_ref"],
            "tran_id": charge.facts["tran_id"] if charge else "",
            "refund_ref_id": ref,
            "initiated_on": refund["facts"]["initiated_on"],
            "refunded_on": _written_now() if refund["state"] == "refunded" else "",
            "status": refund["state"],
            "errorReason": "",
        }

    def _may_enter(self, told: Mapping[str, str]) -> bool:
        given = (told.get("store_id", "").encode(), told.get("store_passwd", "").encode())
        return hmac.compare_digest(
            given[0], self._place["store_id"].encode()
        ) and hmac.compare_digest(given[1], self._place["store_passwd"].encode())


def _no_session(reason: str) -> dict[str, Any]:
    return {"status": "FAILED", "failedreason": reason, "sessionkey": "", "GatewayPageURL": ""}


def _written_now() -> str:
    return dhaka_now().strftime("%Y-%m-%d %H:%M:%S")
