"""Tell the customer about money: rows in the outbox, in the transaction of the payment."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise

from billing.queries import remaining
from customers.models import Customer
from ispbill.audit.services import events, trail
from ispbill.core import clock
from ispbill.core.actors import Actor
from ispbill.notifications.services import compose
from payments.models import Payment, PaymentAttempt, Refund
from payments.queries import paid_with


def received(
    payment: Payment,
    *,
    customer: Customer,
    may_be_cut_off: bool = True,
    reopened: int = 0,
    at: datetime,
) -> int:
    """Thank for a payment, once; return how many messages were queued.

    `customer` has its standing at hand. Not `may_be_cut_off`: the caller knows that no service is
    cut off. `reopened` services are being switched on again: a line is on only when its router
    says so.
    """
    more: dict[str, Any] = {"reopening": True} if reopened else {}
    if customer.standing.balance_amount > 0 and not may_be_cut_off:
        more |= _due(customer.standing.oldest_due_date)
    else:
        more |= _rest(customer, at=at)
    dedup = str(payment.receipt_number)
    return _queue("payment_received", payment, customer, dedup=dedup, at=at, more=more)


@transaction.atomic
def send_again(payment: Payment, *, at: datetime, actor: Actor) -> int:
    """Send the receipt once more by SMS, at most once a minute; return how many were queued."""
    trail.begin(actor=actor, at=at)
    dedup = f"{payment.receipt_number}:{at:%Y%m%d%H%M}"
    customer = _payer(payment.customer_id)
    queued = _queue(
        "payment_received", payment, customer, dedup=dedup, at=at, channels=["SMS"],
        more=_rest(customer, at=at),
    )  # fmt: skip
    if queued:
        events.record(
            at=at,
            actor=actor,
            action="receipt.sent",
            target=payment,
            label=payment.receipt_number or "",
            customer_id=payment.customer_id,
            branch_id=payment.branch_id,
        )
    return queued


def taken_back(payment: Payment, *, said: Promise | None, at: datetime) -> int:
    """Say that a payment was reversed, and why, once; return how many messages were queued.

    `said` replaces the reason of the books and is put into the customer's language.
    """
    customer = _payer(payment.customer_id)
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
    customer = _payer(refund.customer_id)
    method = paid_with.words(refund.method, language=customer.language)
    said = {"amount": str(refund.amount), "receipt": refund.number, "method": method}
    return _tell("payment_refunded", customer, said, dedup=refund.number, at=at)


def not_accepted(attempt: PaymentAttempt, *, at: datetime) -> int:
    """Say that money paid online was not accepted and goes back; return how many were queued."""
    return _of_attempt("payment_not_accepted", attempt, amount=attempt.owed_amount, at=at)


def sent_back(attempt: PaymentAttempt, *, amount: Decimal, at: datetime) -> int:
    """Say that it has gone back, once; return how many messages were queued."""
    return _of_attempt("payment_sent_back", attempt, amount=amount, at=at)


def _of_attempt(
    event: str, attempt: PaymentAttempt, *, amount: Decimal | None, at: datetime
) -> int:
    customer = _payer(attempt.customer_id)
    method = paid_with.words(attempt.method, attempt.instrument, language=customer.language)
    said = {"amount": str(amount), "method": method or attempt.account.name}
    return _tell(event, customer, said, dedup=attempt.order, at=at)


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
    said = {
        "amount": str(payment.amount),
        "receipt": payment.receipt_number,
        "method": paid_with.of(payment, language=customer.language),
        **(more or {}),
    }
    return _tell(event, customer, said, dedup=dedup, at=at, channels=channels)


def _payer(customer_id: int) -> Customer:
    return Customer.objects.select_related("standing").get(pk=customer_id)


def _rest(customer: Customer, *, at: datetime) -> dict[str, str]:
    """Return what the thanks say about what remains."""
    rest = remaining.of(customer, on=clock.local_date(at))
    if rest is None or rest.due_on is None:
        return {}
    paused = {"paused_for": str(rest.to_resume)} if rest.is_paused else {}
    return {**_due(rest.due_on), **paused}


def _due(on: date | None) -> dict[str, str]:
    return {"rest_due": on.isoformat()} if on is not None else {}


def _tell(
    event: str,
    customer: Customer,
    said: Mapping[str, Any],
    *,
    dedup: str,
    at: datetime,
    channels: Sequence[str] | None = None,
) -> int:
    """Queue what is said, with who it is for and what the account owes then."""
    return compose.enqueue(
        event=event,
        recipient_phone=customer.phone,
        recipient_email=customer.email,
        language=customer.language,
        context={
            "name": customer.name,
            "number": customer.number,
            "balance": str(customer.standing.balance_amount),
            **said,
        },
        dedup=dedup,
        at=at,
        customer_id=customer.pk,
        channels=channels,
        wants_sms=customer.wants_sms,
        wants_whatsapp=customer.wants_whatsapp,
        wants_email=customer.wants_email,
    )
