"""Security a customer deposits: taken, used for bills, paid back. It is owed to them (2300).

A deposit is no credit: bills are paid from it only when somebody says so, usually when a customer
leaves. What is used becomes a payment like any other, taken from the deposit instead of a till.
"""

import uuid
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.allocation.models import Payment
from billing.allocation.rules.accounts import ACCOUNT_OF, BY_HAND
from billing.approvals.models import Approval
from billing.approvals.services import approvals
from billing.approvals.services.approvals import Correction, Outcome, Payload
from billing.ledger.rules.chart import Chart
from billing.ledger.services import account_states, ledger
from billing.ledger.services.ledger import Line
from billing.receivables.models import Deposit, DepositMove
from billing.receivables.rules.deposits import AtEnd, DepositChoice, DepositHeld, Settlement, split
from billing.receivables.services import admission, settlement
from billing.receivables.services.admission import Asked
from billing.tills.services import tills
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.core.services import numbering

Kind = DepositMove.Kind


class NotThatMuch(DomainError):
    """The deposit is smaller, nothing is owed, or money cannot go that way."""


def held(customer_id: int) -> Decimal:
    """Return what a customer has deposited."""
    amount = (
        Deposit.objects.filter(customer=customer_id).values_list("held_amount", flat=True).first()
    )
    return amount or Decimal(0)


def deposit_held(customer_id: int) -> DepositHeld:
    """Return what is held and how it could be paid back, for the person who ends a service."""
    labels = dict(Payment.Method.choices)
    ways = [(code, str(labels[code])) for code in BY_HAND]
    return DepositHeld(held(customer_id), ways, Company.current().deposit_limit_amount)


@transaction.atomic
def take(
    *, customer: Customer, amount: Decimal, method: str, reference: str, act: Act[User]
) -> DepositMove:
    """Take security. Raises AmountRefused, NotThatMuch for an unknown method, ReasonMissing."""
    admission.check_amount(amount)
    act = trail.begin_with_reason(act=act)
    account_states.lock([customer.pk])
    _check_method(method)
    return _move(customer, Kind.TAKEN, amount, method=method, reference=reference, act=act)


@transaction.atomic
def apply(*, customer: Customer, amount: Decimal, act: Act[User]) -> DepositMove:
    """Pay a customer's bills from the deposit, the oldest first; never more than is owed.

    Raises AmountRefused, NotThatMuch, ReasonMissing.
    """
    admission.check_amount(amount)
    act = trail.begin_with_reason(act=act)
    account_states.lock([customer.pk])
    if amount > held(customer.pk):
        raise NotThatMuch(_("The deposit is smaller than that."))
    customer.account_state.refresh_from_db()
    if amount > customer.account_state.balance_amount:
        raise NotThatMuch(_("The customer does not owe that much."))
    return _use(customer, amount, key=f"{uuid.uuid4()}", act=act)


@transaction.atomic
def settle_at_end(
    *, customer: Customer, service_id: int, deposit_choice: DepositChoice, act: Act
) -> Settlement:
    """Use the deposit when a service ends (docs/adr/0049-deposit-at-the-end.md).

    What is owed is paid first; the rest becomes credit, or is paid back at once or after approval.
    A service does this once: the payment's key is the service's. Needs the customer's account
    locked. Raises NotThatMuch, AlreadyRequested, NoOpenShift.
    """
    account_states.lock([customer.pk])
    amount = held(customer.pk)
    if deposit_choice.choice == AtEnd.LEAVE or not amount:
        return Settlement()
    customer.account_state.refresh_from_db()
    parts = split(amount, customer.account_state.balance_amount)
    is_credit = deposit_choice.choice == AtEnd.CREDIT
    used = amount if is_credit else parts.used
    if used:
        _use(customer, used, key=f"end-of-{service_id}", act=act)
    if is_credit or not parts.rest:
        return Settlement(used=parts.used, kept=parts.rest)
    if not isinstance(act.actor, User):
        raise NotThatMuch(_("Money is only paid back by a person."))
    came_of = give_back(
        customer=customer,
        amount=parts.rest,
        method=deposit_choice.method,
        reference=deposit_choice.reference,
        act=Act(act.actor, act.at, on=act.on, reason=act.reason),
    )
    return Settlement(
        used=parts.used,
        paid_back=parts.rest,
        document=str(came_of.document or ""),
        is_waiting=came_of.approval is not None,
    )


def put_back(*, payment: Payment, act: Act[User | None]) -> None:
    """Put money back that a reversed payment had taken from the deposit (part of the reversal)."""
    _move(payment.customer, Kind.PUT_BACK, payment.amount, payment=payment, act=act)


def give_back(
    *, customer: Customer, amount: Decimal, method: str, reference: str, act: Act[User]
) -> Outcome:
    """Pay security back, at once or after approval.

    Raises AmountRefused, NotThatMuch, ReasonMissing, AlreadyRequested.
    """
    admission.check_amount(amount)
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
        kind=Approval.Kind.DEPOSIT_RETURN,
        customer=customer,
        amount=amount,
        payload=payload,
        act=act,
    )


def register() -> None:
    """Say what paying a deposit back does once it is approved."""
    approvals.register(
        Approval.Kind.DEPOSIT_RETURN, Correction("deposit_limit_amount", _return, _facts)
    )


@transaction.atomic
def _return(payload: Payload, *, act: Act[User]) -> DepositMove:
    trail.begin(act=act)
    customer, amount = Customer.objects.get(pk=payload["customer"]), Decimal(payload["amount"])
    account_states.lock([customer.pk])
    if amount > held(customer.pk):
        raise NotThatMuch(_("The deposit is smaller than that."))
    return _move(
        customer,
        Kind.RETURNED,
        amount,
        method=payload["method"],
        reference=payload["reference"],
        act=act,
    )


def _facts(payload: Payload) -> str:
    return f"{held(payload['customer'])}"


def _use(customer: Customer, amount: Decimal, *, key: str, act: Act) -> DepositMove:
    """Make a payment out of the deposit: of bills, and credit when nothing more is owed."""
    settled = settlement.settle(
        Asked(
            customer_id=customer.pk,
            amount=amount,
            method=Payment.Method.DEPOSIT,
            received_by=None,
            received_at=act.at,
            key=f"deposit-{key}",
            note=act.reason,
            is_repeat_confirmed=True,
            act=act,
        )
    )
    trail.begin(act=act)
    return _move(customer, Kind.APPLIED, amount, payment=settled.payment, act=act)


def _move(
    customer: Customer,
    kind: Kind,
    amount: Decimal,
    *,
    act: Act,
    method: str = "",
    reference: str = "",
    payment: Payment | None = None,
) -> DepositMove:
    number = numbering.take(series="DEP", year=act.on.year)
    move = DepositMove.objects.create(
        number=numbering.written(series="DEP", year=act.on.year, number=number),
        kind=kind,
        customer=customer,
        branch_id=customer.branch_id,
        amount=amount,
        currency=Company.current().currency,
        method=method,
        reference=reference.strip()[:80],
        reason=act.reason,
        payment=payment,
        moved_on=act.on,
        moved_at=act.at,
        moved_by_id=act.actor.pk if act.actor is not None else None,
    )
    if payment is None:  # otherwise the payment itself, or its reversal, is the entry
        _book(move)
    events.record(
        act=act,
        action=f"deposit.{kind.lower()}",
        target=move,
        customer_id=customer.pk,
        branch_id=customer.branch_id,
        after={"amount": amount, "method": method, "reference": reference},
    )
    return move


def _book(move: DepositMove) -> None:
    sign = 1 if move.kind == Kind.TAKEN else -1
    day = tills.day_of(
        method=move.method,
        amount=sign * move.amount,
        person=move.moved_by,
        branch_id=move.branch_id,
        on=move.moved_on,
        at=move.moved_at,
    )
    ledger.open_chart()
    ledger.post(
        ledger.Fact(
            kind="DEPOSIT",
            source_type="deposit",
            source_id=move.pk,
            lines=[
                Line(ACCOUNT_OF[move.method], sign * move.amount),
                Line(Chart.DEPOSITS, -sign * move.amount, move.customer_id),
            ],
            posted_on=day,
            branch_id=move.branch_id,
            customer_id=move.customer_id,
            memo=" ".join(filter(None, [move.kind, move.method, move.reference])),
        ),
        act=Act(move.moved_by, move.moved_at),
    )


def _check_method(method: str) -> None:
    if method not in BY_HAND:
        raise NotThatMuch(_("Money cannot go that way."))
