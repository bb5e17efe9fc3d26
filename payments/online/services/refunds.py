"""Pay a customer's credit out: money leaves, the payments it came from say so.

All credit a customer has is unallocated money of payments, so a refund takes it from there, the
newest first; rewards for referrals are not money and stay. It is not undone: money that comes back
is a payment like any other.
"""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing.allocation.models import Payment, Refund, RefundPart
from billing.allocation.rules.accounts import ACCOUNT_OF, BY_HAND
from billing.allocation.services import room
from billing.approvals.models import Approval
from billing.approvals.services import approvals
from billing.approvals.services.approvals import Correction, Outcome, Payload
from billing.ledger.rules.chart import Chart
from billing.ledger.services import account_states, ledger
from billing.ledger.services.ledger import Line
from billing.receivables.services import admission, announcing, settlement
from billing.signals import payments_shrank
from billing.tills.services import tills
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import jobs, statements
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.core.services import numbering
from payments.online.models import GatewayRefund, PaymentAttempt
from payments.online.queries import refundable
from payments.online.queries.refundable import with_credit
from payments.online.rules import attempts
from payments.online.services import giving_back


class NotRefundable(DomainError):
    """There is not that much credit, or money cannot leave that way."""


def refund(
    *,
    customer: Customer,
    amount: Decimal,
    method: str,
    reference: str,
    act: Act[User],
    through: PaymentAttempt | None = None,
    is_released: bool = False,
) -> Outcome:
    """Pay `amount` of a customer's credit out, at once or after approval.

    `through` an online payment it goes back the way it came: the gateway is asked after the
    commit (`gateways.refunding`). `is_released`: what that payment paid is let go of first, and
    owed again. Raises AmountRefused, NotRefundable, ReasonMissing,
    AlreadyRequested.
    """
    admission.check_amount(amount)
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
        kind=Approval.Kind.REFUND, customer=customer, amount=amount, payload=payload, act=act
    )


def register() -> None:
    """Say what a refund does once it is approved."""
    approvals.register(Approval.Kind.REFUND, Correction("refund_limit_amount", _perform, _facts))


def _perform(payload: Payload, *, act: Act[User]) -> Refund | GatewayRefund:
    if "refused" in payload:
        return giving_back.perform(payload, act=act)
    through = PaymentAttempt.objects.filter(pk=payload.get("through") or 0).first()
    return _pay_out(
        customer=Customer.objects.get(pk=payload["customer"]),
        amount=Decimal(payload["amount"]),
        method=payload["method"],
        reference=payload["reference"],
        act=act,
        through=through,
        is_released=payload.get("released", False),
    )


def _facts(payload: Payload) -> str:
    if "refused" in payload:
        return giving_back.facts(payload)
    left = f"{refundable.available(payload['customer'], of_wallets=_is_wallets(payload['method']))}"
    if "released" in payload:
        return f"{left} {refundable.sendable(PaymentAttempt.objects.get(pk=payload['through']))}"
    return left


@transaction.atomic
def _pay_out(
    *,
    customer: Customer,
    amount: Decimal,
    method: str,
    reference: str,
    act: Act[User],
    through: PaymentAttempt | None,
    is_released: bool,
) -> Refund:
    act = trail.begin_with_reason(act=act)
    # Lock.
    account_states.lock([customer.pk])
    if is_released:
        _release(through, amount, act=act.because(""))
    payments = list(
        with_credit(customer.pk, of_wallets=_is_wallets(method))
        .select_for_update(no_key=True)
        .order_by("received_at", "pk")
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
        reason=act.reason,
        paid_on=act.on,
        paid_at=act.at,
        paid_by=act.actor,
    )
    own = through.payment if through is not None else None
    parts = RefundPart.objects.bulk_create(_parts(refund, payments, first=own))
    _book(refund, out_of=settlement.landed_in(own) if own is not None else None)
    _number(refund)
    if through is not None:
        _send_back(refund, through)
    if is_released:
        room.spend(customer_id=customer.pk, act=act)
    # Trail.
    _note(refund, act=act)
    # After commit.
    _tell(refund, [part.payment_id for part in parts], act=act)
    return refund


def _tell(refund: Refund, shrank: list[int], *, act: Act[User]) -> None:
    """Tell the customer, but of what goes into a wallet, and the floors above."""
    if not _is_wallets(refund.method):
        announcing.refunded(refund, at=act.at)
    transaction.on_commit(partial(payments_shrank.send_robust, sender=Payment, payment_ids=shrank))


def _number(refund: Refund) -> None:
    """Write a refund down under its number, taken last: the counter is locked until the commit."""
    year = refund.paid_on.year
    number = numbering.take(series="RF", year=year)
    refund.number = numbering.written(series="RF", year=year, number=number)
    refund.save(force_insert=True)


def _note(refund: Refund, *, act: Act[User]) -> None:
    events.record(
        act=act.because(refund.reason),
        action="payment.refunded",
        target=refund,
        after={"amount": refund.amount, "method": refund.method, "reference": refund.reference},
    )


def _release(through: PaymentAttempt | None, amount: Decimal, *, act: Act[User]) -> None:
    """Let go of what an online payment paid, so that it is its own money that goes back."""
    if through is None or through.payment_id is None:
        raise NotRefundable(_("Only what an online payment paid is let go of."))
    payment = Payment.objects.select_for_update(no_key=True).get(pk=through.payment_id)
    if payment.status != Payment.Status.COMPLETED:
        raise NotRefundable(_("This payment no longer stands."))
    room.free_payment(payment=payment, amount=amount, act=act)
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
    jobs.after_commit("payments.send_gateway_refund", refund_id=row.pk)


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
                )
            )
            left -= share
    return parts


def _book(refund: Refund, *, out_of: int | None) -> None:
    day = tills.day_of(
        method=refund.method,
        amount=-refund.amount,
        person=refund.paid_by,
        branch_id=refund.branch_id,
        on=refund.paid_on,
        at=refund.paid_at,
    )
    ledger.open_chart()
    ledger.post(
        ledger.Fact(
            kind="REFUND",
            source_type="refund",
            source_id=refund.pk,
            lines=[
                Line(Chart.RECEIVABLE, refund.amount, refund.customer_id),
                Line(out_of or ACCOUNT_OF[refund.method], -refund.amount),
            ],
            posted_on=day,
            branch_id=refund.branch_id,
            customer_id=refund.customer_id,
            memo=refund.reference,  # stands on the customer's statement
        ),
        act=Act(refund.paid_by, refund.paid_at),
    )


def _check(
    customer_id: int,
    amount: Decimal,
    method: str,
    through: PaymentAttempt | None,
    *,
    is_released: bool = False,
) -> None:
    is_wallets = _is_wallets(method)
    if through is None and not is_wallets and method not in BY_HAND:
        raise NotRefundable(_("Money cannot be paid out that way."))
    if through is not None and amount > refundable.sendable(through):
        raise NotRefundable(_("More than this payment brought cannot go back through it."))
    left = refundable.available(customer_id, of_wallets=is_wallets)
    if is_released and through is not None and through.payment is not None:
        left += through.payment.allocated_amount
    if amount > left:
        raise NotRefundable(_("The customer does not have that much credit."))


def _is_wallets(method: str) -> bool:
    """Tell whether a refund goes into the wallet of the reseller who paid."""
    return method == Payment.Method.RESELLER


def _next_id() -> int:
    return int(
        statements.first("SELECT nextval(pg_get_serial_sequence('billing_refund', 'id'))")[0]
    )
