"""bKash tokenized checkout, one-off payments by its hosted page (mode 0011).

Facts: descriptions derived from developer.bka.sh (public clients bkash-rs, bkash-js, the error
list of api-evangelist/bkash). Money moves when *we* execute: too early kills the payment, twice is
refused. So it is executed once, after the customer came back with "success"; everything after is
asked (docs/adr/0026-wallets-direct.md).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from django.core.cache import cache

from ispbill.core.cache import UNREACHABLE
from ispbill.core.marking import gettext_noop
from payments.online.gateways import http
from payments.online.gateways.answers import kept, one, text
from payments.online.gateways.bkash_answers import (
    KEPT,
    MAINTENANCE,
    SYSTEM_ERROR,
    WRONG_KEY,
    ended_as,
    is_open,
    is_shut,
    outcome_of,
    read,
    refused,
)
from payments.online.gateways.bkash_refunds import (
    REFUSED_REFUNDS,
    has_failed,
    is_about_refunds,
    refund_amount,
    refund_id,
    refund_rows,
    refunded,
    refusal_code,
    refusal_words,
)
from payments.online.gateways.bkash_tokens import Tokens
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

_DONE: Final = "0000"
_NO_SUCH_PAYMENT: Final = "2002"
_DEAD: Final = {"2009", "2010", "2011", "2023", "2056", "2057"}
"""Refusals of an execution after which this payment can never be paid."""
_EXECUTED_SECONDS = 25 * 3600  # a payment lives 24 hours
_REFUND_SECONDS = 120  # longer than any call; afterwards its state has been asked for
_CLAIMS = {"success": Verdict.PAID, "failure": Verdict.FAILED, "cancel": Verdict.CANCELLED}


class Bkash:
    """One merchant. Credentials: username, password, app_key, app_secret, token_prefix."""

    order_length = 30
    can_refund = True
    refund_id_is_once = False  # it keeps no id of ours

    def __init__(self, base_url: str, credentials: Mapping[str, str], hear: Hear = unheard) -> None:
        self._hear = hear
        place = urlsplit(base_url)
        self._checkout = f"{base_url.rstrip('/')}/tokenized/checkout"
        # Refunds are asked for and listed by version 2, whatever version payments are made with.
        self._refunding = f"{place.scheme}://{place.netloc}/v2/tokenized-checkout"
        self._app_key = credentials["app_key"]
        word = credentials.get("token_prefix", "").strip()
        self._prefix = f"{word} " if word else ""
        self._tokens = Tokens(base_url.rstrip("/"), credentials, self._post)

    def start(self, order: Order) -> Started:
        answer = self._ask(
            "/create",
            mode="0011",
            payerReference=order.customer_number[:255],
            callbackURL=f"{order.return_url}return/?order={order.order}",
            amount=f"{order.amount:.2f}",
            currency=order.currency,
            intent="sale",
            merchantInvoiceNumber=order.order,
        )
        if text(answer, "statusCode") != _DONE:
            raise refused(answer)
        url, key = text(answer, "bkashURL"), text(answer, "paymentID")
        if not url.startswith(("https://", "http://")) or not key:
            raise GatewayDown("a payment without an address")
        return Started(redirect_url=url, session_key=key[:120])

    def read(self, claim: str, fields: Mapping[str, Any]) -> Hint:
        """A return names bKash's payment; our order stands in the address we gave."""
        order, _mark, rest = one(fields, "order").partition("?")
        if rest:  # its own fields were put behind ours with a second question mark
            fields = {**dict(parse_qsl(rest)), **fields}
        said = one(fields, "status").lower()
        return Hint(
            order=order[:30],
            claim=_CLAIMS.get(said, Verdict.UNKNOWN),
            reference=one(fields, "paymentID")[:120],
            words=said[:300],
        )

    def confirm(self, known: Known, hint: Hint) -> Outcome:
        """Execute what the customer agreed to, once; else ask what became of it.

        A genuine hint without a reference is our own: the customer came back earlier.
        """
        told = hint.reference or (known.session_key if hint.is_genuine else "")
        is_about_it = bool(told) and told == known.session_key
        if not is_about_it or hint.claim is not Verdict.PAID:
            outcome = self.query(known)
            # Money moves only by our hand, so a customer who left has ended it.
            ended = hint.claim in {Verdict.FAILED, Verdict.CANCELLED} and is_about_it
            return ended_as(outcome, hint.claim) if ended and is_open(outcome) else outcome
        # Whoever comes first executes; from now on somebody has.
        if not self._marks(_executed(known.session_key), _EXECUTED_SECONDS):
            return self.query(known)
        return self._execute(known)

    def query(self, known: Known) -> Outcome:
        if not known.session_key:
            return Outcome(Verdict.UNKNOWN, order=known.order)
        answer = self._ask("/payment/status", paymentID=known.session_key)
        code = text(answer, "statusCode")
        if code == _NO_SUCH_PAYMENT:
            return Outcome(Verdict.UNKNOWN, code=code, answer=kept(answer, KEPT))
        if code != _DONE:
            raise refused(answer)
        return outcome_of(answer, known)

    def refund(self, refund: RefundOrder) -> RefundOutcome:
        """Send money back. bKash keeps no ids of ours: a caller who is not sure asks for the
        state first.

        Two workers with the same refund at once would send it twice: the second one asks.
        """
        mark = f"bkash:refund:{refund.order}"
        if not self._marks(mark, _REFUND_SECONDS):
            try:
                return self.refund_state(refund, "")
            except GatewayRefused:  # of the question, not of the refund
                return RefundOutcome(RefundState.UNKNOWN)
        try:
            answer = self._ask(
                "/refund/payment/transaction",
                paymentId=refund.session_key,
                trxId=refund.gateway_reference,
                refundAmount=f"{refund.amount:.2f}",
                sku=refund.order[:255],
                reason=refund.reason[:255] or "refund",
            )
        except GatewayDown as error:
            if not error.was_sent:
                cache.delete(mark)
            raise
        code = refusal_code(answer)
        if code in REFUSED_REFUNDS:
            return RefundOutcome(RefundState.REFUSED, words=refusal_words(answer))
        if code:  # 9999 and whatever we do not know: it may have been sent all the same
            raise GatewayDown(refusal_words(answer) or f"code {code}")
        return refunded(refund_rows(answer)[-1] if refund_rows(answer) else answer)

    def refund_state(self, refund: RefundOrder, reference: str) -> RefundOutcome:
        """Look among the payment's refunds: by reference, else for one of the amount.

        Without our id in the answer two refunds of one amount look alike: those whose references
        are known to be others' are left out.
        """
        for row in self._refunds(refund):
            known = refund_id(row)
            is_it = (
                known == reference
                if reference
                else (known not in refund.others and refund_amount(row) == refund.amount)
            )
            if is_it:
                return refunded(row)
        return RefundOutcome(RefundState.UNKNOWN)

    def given_back(self, refund: RefundOrder) -> Decimal | None:
        """Add up what the gateway lists; None where its answer has the latest refund only."""
        rows = [row for row in self._refunds(refund) if not has_failed(row)]
        if any(not row.get("is_listed") for row in rows):
            return None
        return sum((refund_amount(row) or Decimal(0) for row in rows), start=Decimal(0))

    def _refunds(self, refund: RefundOrder) -> list[dict[str, Any]]:
        answer = self._ask(
            "/refund/payment/status", paymentId=refund.session_key, trxId=refund.gateway_reference
        )
        if refusal_code(answer):
            raise refused(answer)
        return refund_rows(answer)

    def test(self) -> Sequence[Step]:
        """Get a token, then ask about a payment that cannot exist."""
        reached = Step(gettext_noop("The gateway answers."), is_passed=True)
        accepted = Step(
            gettext_noop("User name, password, app key and app secret are accepted."),
            is_passed=True,
        )
        try:
            self._tokens.current()
        except WrongCredentials as error:
            words = gettext_noop("User name, password, app key or app secret is wrong: %(detail)s")
            return [reached, Step(words, is_passed=False, values=error.values)]
        except GatewayDown as error:
            return [Step(error.template, is_passed=False, values=error.values)]
        try:
            code = text(self._ask("/payment/status", paymentID="ISPBILLTEST0"), "statusCode")
        except (GatewayDown, GatewayRefused) as error:
            failed = Step(error.template, is_passed=False, values=error.values)
            return [reached, accepted, failed]
        words = gettext_noop("A question about a payment is answered (code %(code)s).")
        is_passed = code in {_DONE, _NO_SUCH_PAYMENT}
        return [reached, accepted, Step(words, is_passed=is_passed, values={"code": code})]

    def _execute(self, known: Known) -> Outcome:
        try:
            answer = self._ask("/execute", paymentID=known.session_key)
        except GatewayDown as error:
            if error.was_sent:
                return self.query(known)
            cache.delete(_executed(known.session_key))
            raise
        except GatewayRefused:  # the token was not taken: nothing was executed
            cache.delete(_executed(known.session_key))
            raise
        code = text(answer, "statusCode")
        if code == _DONE and text(answer, "transactionStatus") == "Completed":
            return outcome_of(answer, known)
        outcome = self.query(known)
        if is_open(outcome) and code in _DEAD:
            return ended_as(outcome, Verdict.FAILED, code, text(answer, "statusMessage"))
        return outcome

    def _ask(self, path: str, **body: str) -> dict[str, Any]:
        """Ask with a living token; one that is no longer taken is renewed once."""
        token = self._tokens.current()
        status, raw = self._post(path, body, self._headers(token))
        if is_shut(status, raw):
            token = self._tokens.after(token)
            status, raw = self._post(path, body, self._headers(token))
        if is_shut(status, raw):
            raise WrongCredentials(f"status {status}")
        if not (status == 200 or 400 <= status < 429):
            raise GatewayDown(f"status {status}")
        answer = read(raw)
        code, words = text(answer, "statusCode"), text(answer, "statusMessage")
        if code == MAINTENANCE:
            raise GatewayDown(words or "maintenance", was_sent=False)
        if code == SYSTEM_ERROR:
            raise GatewayDown(words or f"code {code}")
        if code == WRONG_KEY:
            raise WrongCredentials(words, code=code)
        if not code and not is_about_refunds(answer):
            raise GatewayDown("an answer of another shape" if status == 200 else f"status {status}")
        return answer

    def _marks(self, name: str, seconds: int) -> bool:
        """Tell whether nobody has set this mark yet; now it is set."""
        try:
            return bool(cache.add(name, 1, seconds))
        except UNREACHABLE as error:
            raise GatewayDown("our cache cannot be reached", was_sent=False) from error

    def _headers(self, token: str) -> dict[str, str]:
        return {"Authorization": f"{self._prefix}{token}", "X-App-Key": self._app_key}

    def _post(
        self, path: str, body: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        status, raw = http.call(
            "POST",
            f"{self._refunding if path.startswith('/refund/') else self._checkout}{path}",
            json=dict(body),
            headers={"Accept": "application/json", **headers},
        )
        self._hear(path.strip("/"), status, raw)
        return status, raw


def _executed(payment_id: str) -> str:
    return f"bkash:executed:{payment_id}"
