"""Tell the customer about money: rows in the outbox, in the transaction of the payment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise

from billing.allocation.models import Payment, Refund
from billing.allocation.queries import paid_with
from billing.dunning.queries import remaining
from customers.models import Customer
from ispbill.audit.services import events, trail
from ispbill.core import clock
from ispbill.core.actors import Actor
from ispbill.core.acts import Act
from ispbill.notifications.queries.choices import Chosen
from ispbill.notifications.services import compose
from ispbill.notifications.services.compose import Letter

RECEIVED = "payment_received"


@dataclass(frozen=True)
class Received:
    """A payment to thank for: `customer` has their account state at hand."""

    payment: Payment
    customer: Customer
    may_be_cut_off: bool
    """False: the caller knows that no service is cut off."""
    reopened: int
    """Services being switched on again: a line is on only when its router says so."""


def received(payments: Sequence[Received], *, chosen: Chosen, at: datetime) -> int:
    """Thank for payments, once each; return how many messages were queued.

    `chosen` are the company's choices about these thanks.
    """
    letters = [_thanks(one, at=at) for one in payments]
    now = compose.terms_of(chosen, event=RECEIVED, at=at)
    return compose.enqueue_all(letters, event=RECEIVED, at=at, now=now)


def _thanks(one: Received, *, at: datetime) -> Letter:
    more: dict[str, Any] = {"reopening": True} if one.reopened else {}
    account_state = one.customer.account_state
    if account_state.balance_amount > 0 and not one.may_be_cut_off:
        more |= _due(account_state.oldest_due_date)
    else:
        more |= _rest(one.customer, at=at)
    dedup = str(one.payment.receipt_number)
    return _letter(one.customer, _said(one.payment, one.customer, more), dedup=dedup)


@transaction.atomic
def send_again(payment: Payment, *, act: Act[Actor]) -> int:
    """Send the receipt once more by SMS, at most once a minute; return how many were queued."""
    trail.begin(act=act.because(""))
    dedup = f"{payment.receipt_number}:{act.at:%Y%m%d%H%M}"
    customer = payer(payment.customer_id)
    queued = _queue(
        RECEIVED,
        payment,
        customer,
        dedup=dedup,
        at=act.at,
        channels=["SMS"],
        more=_rest(customer, at=act.at),
    )
    if queued:
        events.record(
            act=act, action="receipt.sent", target=payment, label=payment.receipt_number or ""
        )
    return queued


def payment_reversed(payment: Payment, *, said: Promise | None, at: datetime) -> int:
    """Say that a payment was reversed, and why, once; return how many messages were queued.

    `said` replaces the reason of the books and is put into the customer's language.
    """
    customer = payer(payment.customer_id)
    with translation.override(customer.language):
        reason = str(said or payment.reversal_reason)
    return _queue(
        "payment_reversed",
        payment,
        customer,
        dedup=str(payment.receipt_number),
        at=at,
        more={"reason": reason},
    )


def refunded(refund: Refund, *, at: datetime) -> int:
    """Say that credit was paid out, once; return how many messages were queued."""
    customer = payer(refund.customer_id)
    method = paid_with.words(refund.method, language=customer.language)
    said = {"amount": str(refund.amount), "receipt": refund.number, "method": method}
    return tell("payment_refunded", customer, said, dedup=refund.number, at=at)


def _queue(
    event: str,
    payment: Payment,
    customer: Customer,
    *,
    dedup: str,
    at: datetime,
    channels: Sequence[str] | None = None,
    more: Mapping[str, Any] | None = None,
) -> int:
    said = _said(payment, customer, more or {})
    return tell(event, customer, said, dedup=dedup, at=at, channels=channels)


def _said(payment: Payment, customer: Customer, more: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "amount": str(payment.amount),
        "receipt": payment.receipt_number,
        "method": paid_with.of(payment, language=customer.language),
        **more,
    }


def payer(customer_id: int) -> Customer:
    return Customer.objects.select_related("account_state").get(pk=customer_id)


def _rest(customer: Customer, *, at: datetime) -> dict[str, str]:
    """Return what the thanks say about what remains."""
    rest = remaining.of(customer, on=clock.local_date(at))
    if rest is None or rest.due_on is None:
        return {}
    paused = {"paused_for": str(rest.to_resume)} if rest.is_paused else {}
    return {**_due(rest.due_on), **paused}


def _due(on: date | None) -> dict[str, str]:
    return {"rest_due": on.isoformat()} if on is not None else {}


def tell(
    event: str,
    customer: Customer,
    said: Mapping[str, Any],
    *,
    dedup: str,
    at: datetime,
    channels: Sequence[str] | None = None,
) -> int:
    letter = _letter(customer, said, dedup=dedup)
    return compose.enqueue_all([letter], event=event, at=at, channels=channels)


def _letter(customer: Customer, said: Mapping[str, Any], *, dedup: str) -> Letter:
    """Return what is said, with who it is for and what the account owes then."""
    return compose.to_customer(
        customer, {"balance": str(customer.account_state.balance_amount), **said}, dedup=dedup
    )
