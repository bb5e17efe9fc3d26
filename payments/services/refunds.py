"""Pay a customer's credit out: money leaves, the payments it came from say so.

All credit a customer has is unallocated money of payments, so a refund takes it from there, the
newest first; rewards for referrals are not money and stay. It is not undone: money that comes back
is a payment like any other.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext as _

from billing.models import Approval
from billing.rules.chart import Chart
from billing.services import approvals, ledger, standings
from billing.services.approvals import Correction, Outcome, Payload
from billing.services.ledger import Line
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import jobs
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.core.services import numbering
from payments import tasks
from payments.models import GatewayRefund, Payment, PaymentAttempt, Refund, RefundPart
from payments.rules import attempts
from payments.rules.accounts import ACCOUNT_OF, BY_HAND
from payments.services import announcing, room, settlement
from payments.services.desk import tills
from payments.services.gateways import giving_back
from payments.signals import payments_shrank


class NotRefundable(DomainError):
    """There is not that much credit, or money cannot leave that way."""


def available(customer_id: int) -> Decimal:
    """Return how much of a customer's money pays nothing."""
    left = _with_credit(customer_id).aggregate(
        sum=Sum(F("amount") - F("allocated_amount") - F("refunded_amount"))
    )
    return Decimal(left["sum"] or 0)


def sendable(attempt: PaymentAttempt) -> Decimal:
    """Return how much may still be sent back the way an online payment came."""
    if attempt.state != PaymentAttempt.State.SETTLED or attempt.paid_amount is None:
        return Decimal(0)
    sent = attempt.refunds.exclude(state=GatewayRefund.State.REFUSED).aggregate(sum=Sum("amount"))
    return attempt.paid_amount - Decimal(sent["sum"] or 0)


def refund(
    *,
    customer: Customer,
    amount: Decimal,
    method: str,
    reference: str,
    reason: str,
    on: date,
    at: datetime,
    actor: User,
    through: PaymentAttempt | None = None,
    is_released: bool = False,
) -> Outcome:
    """Pay `amount` of a customer's credit out, at once or after approval.

    `through` an online payment it goes back the way it came: the gateway is asked after the
    commit (`gateways.refunding`). `is_released`: what that payment paid is let go of first, and
    owed again. Raises AmountRefused, NotRefundable, ReasonMissing,
    AlreadyRequested.
    """
    settlement.check_amount(amount)
    _check(customer.pk, amount, method, through, is_released=is_released)
    payload: dict[str, Any] = {
        "customer": customer.pk,
        "amount": f"{amount:f}",
        "method": method,
        "reference": reference.strip()[:80],
        "through": through.pk if through is not None else None,
    }
    if is_released:
        payload["released"] = True
    return approvals.submit(
        kind=Approval.Kind.REFUND, customer=customer, amount=amount, payload=payload,
        reason=reason, on=on, at=at, actor=actor,
    )  # fmt: skip


def register() -> None:
    """Say what a refund does once it is approved."""
    approvals.register(Approval.Kind.REFUND, Correction("refund_limit_amount", _perform, _facts))


def _perform(
    payload: Payload, *, reason: str, on: date, at: datetime, actor: User
) -> Refund | GatewayRefund:
    if "refused" in payload:
        return giving_back.perform(payload, reason=reason, on=on, at=at, actor=actor)
    through = PaymentAttempt.objects.filter(pk=payload.get("through") or 0).first()
    return _pay_out(
        customer=Customer.objects.get(pk=payload["customer"]),
        amount=Decimal(payload["amount"]),
        method=payload["method"],
        reference=payload["reference"],
        reason=reason,
        on=on,
        at=at,
        actor=actor,
        through=through,
        is_released=payload.get("released", False),
    )


def _facts(payload: Payload) -> str:
    if "refused" in payload:
        return giving_back.facts(payload)
    left = f"{available(payload['customer'])}"
    if "released" in payload:
        return f"{left} {sendable(PaymentAttempt.objects.get(pk=payload['through']))}"
    return left


@transaction.atomic
def _pay_out(
    *,
    customer: Customer,
    amount: Decimal,
    method: str,
    reference: str,
    reason: str,
    on: date,
    at: datetime,
    actor: User,
    through: PaymentAttempt | None,
    is_released: bool,
) -> Refund:
    reason = trail.required_reason(reason)
    trail.begin(actor=actor, at=at, reason=reason)
    # Lock.
    standings.lock([customer.pk])
    if is_released:
        _release(through, amount, at=at, actor=actor)
    payments = list(
        _with_credit(customer.pk).select_for_update(no_key=True).order_by("received_at", "pk")
    )
    # Decide.
    _check(customer.pk, amount, method, through)
    # Change.
    refund = Refund(
        pk=_next_id(),
        customer=customer,
        branch_id=customer.branch_id,
        amount=amount,
        currency=Company.current().currency,
        method=method,
        reference=reference,
        reason=reason,
        paid_on=on,
        paid_at=at,
        paid_by=actor,
    )
    own = through.payment if through is not None else None
    parts = RefundPart.objects.bulk_create(_parts(refund, payments, first=own))
    _book(refund, out_of=settlement.landed_in(own) if own is not None else None)
    number = numbering.take(series="RF", year=on.year)
    refund.number = numbering.written(series="RF", year=on.year, number=number)
    refund.save(force_insert=True)
    payments_shrank.send(
        Payment, payment_ids=[part.payment_id for part in parts], at=at, actor=actor
    )
    if through is not None:
        _send_back(refund, through)
    if is_released:
        room.spend(customer_id=customer.pk, at=at, actor=actor)
    # Trail.
    events.record(
        at=at,
        actor=actor,
        action="payment.refunded",
        target=refund,
        customer_id=customer.pk,
        branch_id=refund.branch_id,
        reason=reason,
        after={"amount": amount, "method": method, "reference": reference},
    )
    # After commit.
    announcing.refunded(refund, at=at)
    return refund


def _release(through: PaymentAttempt | None, amount: Decimal, *, at: datetime, actor: User) -> None:
    """Let go of what an online payment paid, so that it is its own money that goes back."""
    if through is None or through.payment_id is None:
        raise NotRefundable(_("Only what an online payment paid is let go of."))
    payment = Payment.objects.select_for_update(no_key=True).get(pk=through.payment_id)
    if payment.status != Payment.Status.COMPLETED:
        raise NotRefundable(_("This payment no longer stands."))
    room.free_payment(payment=payment, amount=amount, at=at, actor=actor)
    if through.payment is not None:
        through.payment.refresh_from_db()


def _send_back(refund: Refund, through: PaymentAttempt) -> None:
    """Write down that the gateway is to be asked; the books already say the money is gone."""
    row = GatewayRefund.objects.create(
        order=attempts.new_order(30),
        attempt=through,
        customer_id=refund.customer_id,
        refund=refund,
        amount=refund.amount,
        requested_at=refund.paid_at,
        next_check_at=refund.paid_at,
    )
    jobs.after_commit(tasks.send_gateway_refund, refund_id=row.pk)


def _parts(
    refund: Refund, payments: Sequence[Payment], *, first: Payment | None
) -> list[RefundPart]:
    """Take from `first`, then from the newest."""
    parts, left = [], refund.amount
    newest = sorted(
        reversed(payments), key=lambda one: first is None or one.pk != first.pk
    )  # a stable sort: the others keep their order
    for payment in newest:
        share = min(left, payment.credit_amount)
        if share > 0:
            parts.append(
                RefundPart(
                    refund_id=refund.pk,
                    payment=payment,
                    customer_id=refund.customer_id,
                    amount=share,
                )  # fmt: skip
            )
            left -= share
    return parts


def _book(refund: Refund, *, out_of: int | None) -> None:
    day = tills.day_of(
        method=refund.method, amount=-refund.amount, person=refund.paid_by,
        branch_id=refund.branch_id, on=refund.paid_on, at=refund.paid_at,
    )  # fmt: skip
    ledger.open_chart()
    ledger.post(
        kind="REFUND",
        source_type="refund",
        source_id=refund.pk,
        lines=[
            Line(Chart.RECEIVABLE, refund.amount, refund.customer_id),
            Line(out_of or ACCOUNT_OF[refund.method], -refund.amount),
        ],
        posted_on=day,
        at=refund.paid_at,
        branch_id=refund.branch_id,
        customer_id=refund.customer_id,
        actor=refund.paid_by,
        memo=refund.reference,  # stands on the customer's statement
    )


def _check(
    customer_id: int, amount: Decimal, method: str, through: PaymentAttempt | None, *,
    is_released: bool = False,
) -> None:  # fmt: skip
    if through is None and method not in BY_HAND:
        raise NotRefundable(_("Money cannot be paid out that way."))
    if through is not None and amount > sendable(through):
        raise NotRefundable(_("More than this payment brought cannot go back through it."))
    left = available(customer_id)
    if is_released and through is not None and through.payment is not None:
        left += through.payment.allocated_amount
    if amount > left:
        raise NotRefundable(_("The customer does not have that much credit."))


def _with_credit(customer_id: int) -> QuerySet[Payment]:
    return Payment.objects.filter(
        customer=customer_id,
        status=Payment.Status.COMPLETED,
        amount__gt=F("allocated_amount") + F("refunded_amount"),
    ).exclude(method=Payment.Method.REFERRAL)  # credit that was given is spent on bills


def _next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('payments_refund', 'id'))")
        return int(cursor.fetchone()[0])
