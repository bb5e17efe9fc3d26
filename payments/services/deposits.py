"""Security a customer lodges: taken, used for bills, paid back. It is owed to them (2300).

A deposit is no credit: bills are paid from it only when somebody says so, usually when a customer
leaves. What is used becomes a payment like any other, taken from the deposit instead of a till.
"""

import uuid
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import Approval
from billing.rules.chart import Chart
from billing.rules.deposits import AtEnd, Lodged, Settlement, Wish, split
from billing.services import approvals, ledger, standings
from billing.services.approvals import Correction, Outcome, Payload
from billing.services.ledger import Line
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.actors import Actor
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.core.services import numbering
from payments.models import Deposit, DepositMove, Payment
from payments.rules.accounts import ACCOUNT_OF, BY_HAND
from payments.services import settlement
from payments.services.desk import tills

Kind = DepositMove.Kind


class NotThatMuch(DomainError):
    """The deposit is smaller, nothing is owed, or money cannot go that way."""


def held(customer_id: int) -> Decimal:
    """Return what a customer has lodged."""
    amount = (
        Deposit.objects.filter(customer=customer_id).values_list("held_amount", flat=True).first()
    )
    return amount or Decimal(0)


def lodged(customer_id: int) -> Lodged:
    """Return what is held and how it could be paid back, for who ends a service."""
    labels = dict(Payment.Method.choices)
    ways = [(code, str(labels[code])) for code in BY_HAND]
    return Lodged(held(customer_id), ways, Company.current().deposit_limit_amount)


@transaction.atomic
def take(
    *,
    customer: Customer,
    amount: Decimal,
    method: str,
    reference: str,
    reason: str,
    on: date,
    at: datetime,
    actor: User,
) -> DepositMove:
    """Take security. Raises AmountRefused, NotThatMuch for an unknown method, ReasonMissing."""
    settlement.check_amount(amount)
    reason = trail.required_reason(reason)
    trail.begin(actor=actor, at=at, reason=reason)
    standings.lock([customer.pk])
    _check_method(method)
    return _move(
        customer, Kind.TAKEN, amount, method=method, reference=reference, reason=reason, on=on,
        at=at, actor=actor,
    )  # fmt: skip


@transaction.atomic
def apply(
    *, customer: Customer, amount: Decimal, reason: str, on: date, at: datetime, actor: User
) -> DepositMove:
    """Pay a customer's bills from the deposit, the oldest first; never more than is owed.

    Raises AmountRefused, NotThatMuch, ReasonMissing.
    """
    settlement.check_amount(amount)
    reason = trail.required_reason(reason)
    trail.begin(actor=actor, at=at, reason=reason)
    standings.lock([customer.pk])
    if amount > held(customer.pk):
        raise NotThatMuch(_("The deposit is smaller than that."))
    customer.standing.refresh_from_db()
    if amount > customer.standing.balance_amount:
        raise NotThatMuch(_("The customer does not owe that much."))
    return _use(customer, amount, key=f"{uuid.uuid4()}", reason=reason, on=on, at=at, actor=actor)


@transaction.atomic
def settle_at_end(
    *,
    customer: Customer,
    service_id: int,
    wish: Wish,
    reason: str,
    on: date,
    at: datetime,
    actor: Actor | None,
) -> Settlement:
    """Use the deposit when a service ends (docs/adr/0030-what-was-left-of-billing.md).

    What is owed is paid first; the rest becomes credit, or is paid back at once or after approval.
    A service does this once: the payment's key is the service's. Needs the customer's account
    locked. Raises NotThatMuch, AlreadyRequested, NoOpenShift.
    """
    standings.lock([customer.pk])
    amount = held(customer.pk)
    if wish.choice == AtEnd.LEAVE or not amount:
        return Settlement()
    customer.standing.refresh_from_db()
    parts = split(amount, customer.standing.balance_amount)
    is_credit = wish.choice == AtEnd.CREDIT
    used = amount if is_credit else parts.used
    if used:
        _use(customer, used, key=f"end-of-{service_id}", reason=reason, on=on, at=at, actor=actor)
    if is_credit or not parts.rest:
        return Settlement(used=parts.used, kept=parts.rest)
    if not isinstance(actor, User):
        raise NotThatMuch(_("Money is only paid back by a person."))
    came_of = give_back(
        customer=customer, amount=parts.rest, method=wish.method, reference=wish.reference,
        reason=reason, on=on, at=at, actor=actor,
    )  # fmt: skip
    return Settlement(
        used=parts.used, paid_back=parts.rest, document=str(came_of.document or ""),
        is_waiting=came_of.approval is not None,
    )  # fmt: skip


def put_back(*, payment: Payment, reason: str, on: date, at: datetime, actor: User | None) -> None:
    """Put money back that a reversed payment had taken from the deposit (part of the reversal)."""
    _move(
        payment.customer, Kind.PUT_BACK, payment.amount, payment=payment, reason=reason, on=on,
        at=at, actor=actor,
    )  # fmt: skip


def give_back(
    *,
    customer: Customer,
    amount: Decimal,
    method: str,
    reference: str,
    reason: str,
    on: date,
    at: datetime,
    actor: User,
) -> Outcome:
    """Pay security back, at once or after approval.

    Raises AmountRefused, NotThatMuch, ReasonMissing, AlreadyRequested.
    """
    settlement.check_amount(amount)
    _check_method(method)
    if amount > held(customer.pk):
        raise NotThatMuch(_("The deposit is smaller than that."))
    payload = {
        "customer": customer.pk,
        "amount": f"{amount:f}",
        "method": method,
        "reference": reference.strip()[:80],
    }
    return approvals.submit(
        kind=Approval.Kind.DEPOSIT_RETURN, customer=customer, amount=amount, payload=payload,
        reason=reason, on=on, at=at, actor=actor,
    )  # fmt: skip


def register() -> None:
    """Say what paying a deposit back does once it is approved."""
    approvals.register(
        Approval.Kind.DEPOSIT_RETURN, Correction("deposit_limit_amount", _return, _facts)
    )


@transaction.atomic
def _return(payload: Payload, *, reason: str, on: date, at: datetime, actor: User) -> DepositMove:
    trail.begin(actor=actor, at=at, reason=reason)
    customer, amount = Customer.objects.get(pk=payload["customer"]), Decimal(payload["amount"])
    standings.lock([customer.pk])
    if amount > held(customer.pk):
        raise NotThatMuch(_("The deposit is smaller than that."))
    return _move(
        customer, Kind.RETURNED, amount, method=payload["method"],
        reference=payload["reference"], reason=reason, on=on, at=at, actor=actor,
    )  # fmt: skip


def _facts(payload: Payload) -> str:
    return f"{held(payload['customer'])}"


def _use(
    customer: Customer,
    amount: Decimal,
    *,
    key: str,
    reason: str,
    on: date,
    at: datetime,
    actor: Actor | None,
) -> DepositMove:
    """Make a payment out of the deposit: of bills, and credit when nothing more is owed."""
    settled = settlement.settle(
        customer=customer, amount=amount, method=Payment.Method.DEPOSIT, received_by=None,
        received_at=at, idempotency_key=f"deposit-{key}", actor=actor, note=reason,
        is_repeat_confirmed=True,
    )  # fmt: skip
    trail.begin(actor=actor, at=at, reason=reason)
    return _move(
        customer, Kind.APPLIED, amount, payment=settled.payment, reason=reason, on=on, at=at,
        actor=actor,
    )  # fmt: skip


def _move(
    customer: Customer,
    kind: Kind,
    amount: Decimal,
    *,
    reason: str,
    on: date,
    at: datetime,
    actor: Actor | None,
    method: str = "",
    reference: str = "",
    payment: Payment | None = None,
) -> DepositMove:
    number = numbering.take(series="DEP", year=on.year)
    move = DepositMove.objects.create(
        number=numbering.written(series="DEP", year=on.year, number=number),
        kind=kind,
        customer=customer,
        branch_id=customer.branch_id,
        amount=amount,
        currency=Company.current().currency,
        method=method,
        reference=reference.strip()[:80],
        reason=reason,
        payment=payment,
        moved_on=on,
        moved_at=at,
        moved_by_id=actor.pk if actor is not None else None,
    )
    if payment is None:  # otherwise the payment itself, or its reversal, is the entry
        _book(move)
    events.record(
        at=at,
        actor=actor,
        action=f"deposit.{kind.lower()}",
        target=move,
        customer_id=customer.pk,
        branch_id=customer.branch_id,
        reason=reason,
        after={"amount": amount, "method": method, "reference": reference},
    )
    return move


def _book(move: DepositMove) -> None:
    sign = 1 if move.kind == Kind.TAKEN else -1
    day = tills.day_of(
        method=move.method, amount=sign * move.amount, person=move.moved_by,
        branch_id=move.branch_id, on=move.moved_on, at=move.moved_at,
    )  # fmt: skip
    ledger.open_chart()
    ledger.post(
        kind="DEPOSIT",
        source_type="deposit",
        source_id=move.pk,
        lines=[
            Line(ACCOUNT_OF[move.method], sign * move.amount),
            Line(Chart.DEPOSITS, -sign * move.amount, move.customer_id),
        ],
        posted_on=day,
        at=move.moved_at,
        branch_id=move.branch_id,
        customer_id=move.customer_id,
        actor=move.moved_by,
        memo=" ".join(filter(None, [move.kind, move.method, move.reference])),
    )


def _check_method(method: str) -> None:
    if method not in BY_HAND:
        raise NotThatMuch(_("Money cannot go that way."))
