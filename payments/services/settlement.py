"""Settle money: the one door every payment comes through, however it was taken.

Locks in one order for everybody: the customer's account, the till of cash, the payment, the
invoices oldest first, and the receipt counter last.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext as _

from billing.models import Account, Invoice
from billing.rules.chart import Chart
from billing.services import dunning, ledger, standings
from billing.services.ledger import Line
from customers.models import Customer, Suspension
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import amounts, clock, formats, jobs
from ispbill.core.actors import Actor
from ispbill.core.amounts import AmountRefused
from ispbill.core.errors import DomainError, Stale
from ispbill.core.models import Company
from ispbill.core.services import numbering
from payments import tasks
from payments.models import Payment
from payments.queries import prepaid
from payments.rules import limits
from payments.rules.accounts import ACCOUNT_OF
from payments.services import allocation, announcing, renewal, standing
from payments.services.allocation import Part
from payments.services.desk import tills
from payments.services.renewal import Renewed
from payments.signals import payment_settled


@dataclass(frozen=True)
class _Asked:
    """A settlement that is wanted."""

    customer_id: int
    amount: Decimal
    method: str
    reference: str
    key: str
    account: int
    """The account of the books the money is in, 0 for the usual one of the method."""
    received_by: User | None
    received_at: datetime
    note: str
    chosen: frozenset[int]
    """Invoices to pay first."""
    is_repeat_confirmed: bool
    actor: Actor | None
    at: datetime

    @property
    def landed_in(self) -> int:
        return self.account or int(ACCOUNT_OF[self.method])

    def is_met_by(self, payment: Payment) -> bool:
        """Tell whether a payment made under this key is the one asked for."""
        return (self.customer_id, self.amount, self.method, self.reference) == (
            payment.customer_id,
            payment.amount,
            payment.method,
            payment.reference,
        )


class KeyReused(DomainError):
    """The form was sent before, with something else in it (409 for a page)."""


class NotPayable(Stale):
    """A chosen invoice is not open any more, or never was this customer's."""


class PossibleDuplicate(DomainError):
    """The same payment was taken minutes ago: ask the person once. `payment` is the earlier one."""

    def __init__(self, message: str, payment: Payment) -> None:
        super().__init__(message)
        self.payment = payment


@dataclass(frozen=True)
class Settled:
    """A payment that stands in the books; `is_new` is False when the key had been used before."""

    payment: Payment
    is_new: bool
    reactivated: int = 0
    """How many services this payment switched on again."""
    renewed: Sequence[Renewed] = ()
    """The prepaid time it started at once."""


def settle(
    *,
    customer: Customer,
    amount: Decimal,
    method: str,
    received_by: User | None,
    received_at: datetime,
    idempotency_key: str,
    actor: Actor | None,
    reference: str = "",
    note: str = "",
    invoices: Sequence[Invoice] | None = None,
    is_repeat_confirmed: bool = False,
    into: int | None = None,
    at: datetime | None = None,
) -> Settled:
    """Record money received, allocate it, book it, and switch services on again.

    `amount` is in the company's currency, `received_at` in UTC; the books' day is the company's
    local date of it. `invoices` are paid first when given, then the oldest others; what is left is
    credit. `into` is the account the money lands in when that is not the usual one of its method
    (a gateway's clearing account). The same key again returns the first payment and does nothing.
    `at` is the moment of recording when that is later than the receipt (default: the same).

    Cash goes into the open shift of who received it, and counts for the first day whose cash is
    not closed (`payments.services.desk.tills`).

    Raises AmountRefused, NotPayable, PossibleDuplicate (unless `is_repeat_confirmed`), KeyReused
    (the same key with another customer, amount, method or reference), NoOpenShift, TooMuchCash.
    """
    check_amount(amount)
    if idempotency_key == "":
        raise ValueError("a payment needs an idempotency key")
    asked = _Asked(
        customer_id=customer.pk,
        amount=amount,
        method=Payment.Method(method).value,
        reference=reference.strip()[:80],
        key=idempotency_key,
        account=int(into or 0),
        received_by=received_by,
        received_at=received_at,
        note=note.strip()[:200],
        chosen=frozenset(invoice.pk for invoice in invoices or ()),
        is_repeat_confirmed=is_repeat_confirmed,
        actor=actor,
        at=at or received_at,
    )
    try:
        with transaction.atomic():
            return _settle(asked)
    except IntegrityError as error:
        # Two customers under one key do not share a lock: the unique constraint was it.
        if _earlier(asked) is None:
            raise
        raise KeyReused(_reused()) from error


def check_amount(amount: Decimal) -> None:
    """Raise AmountRefused unless this is an amount one payment can have."""
    if amount.is_finite() and amount <= 0:
        raise AmountRefused(_("The amount must be more than zero."))
    if amount.is_finite() and amount > limits.LARGEST:
        raise AmountRefused(_("This amount is too large for one payment. Check the digits."))
    amounts.check(amount)


def _settle(asked: _Asked) -> Settled:
    at, actor = asked.at, asked.actor
    trail.begin(actor=actor, at=at, reason=f"payment of {asked.amount} received")
    # Lock.
    standings.lock([asked.customer_id])
    # Decide.
    known = _look(asked)
    if known.earlier_id is not None and (earlier := _earlier(asked)) is not None:
        return Settled(payment=earlier, is_new=False)
    if known.twin_id is not None:
        raise _repeat(asked, Payment.objects.get(pk=known.twin_id))
    _check_chosen(asked)
    if not known.has_accounts:
        ledger.open_chart()
    # Change.
    payment = _write(asked, known.customer)
    _book(payment, asked)
    parts = allocation.allocate(
        [payment.customer_id], at=at, incoming=payment.pk, chosen=asked.chosen
    )
    known.customer.standing = standing.add_payment(
        payment.customer_id, amount=payment.amount, received_at=payment.received_at
    )
    reactivated, renewed = _move_services(payment, known, at=at, actor=actor)
    payment.allocated_amount = _paid_by(payment, parts, renewed)
    _complete(payment)
    # Trail.
    _record(payment, parts, reactivated=reactivated, at=at, actor=actor)
    announcing.received(
        payment, customer=known.customer, may_be_cut_off=known.moves_services,
        reopened=reactivated, at=at,
    )  # fmt: skip
    # After commit.
    _tell_the_floors_above(payment, known.customer)
    return Settled(payment=payment, is_new=True, reactivated=reactivated, renewed=renewed)


@dataclass(frozen=True)
class _Known:
    """What a decision about a payment rests on, read once the account is locked."""

    customer: Customer
    earlier_id: int | None
    """The payment this key has made."""
    twin_id: int | None
    """The same was paid minutes ago by this one; None when a person has said that it is another."""
    moves_services: bool
    """A service is cut off for not paying, or prepaid time is over: the payment may change that."""
    has_accounts: bool
    """The two accounts it is booked to are in the books."""


def _look(asked: _Asked) -> _Known:
    """Read it all in one statement."""
    near = (asked.received_at - limits.REPEAT_WITHIN, asked.received_at + limits.REPEAT_WITHIN)
    of_key = Payment.objects.filter(idempotency_key=asked.key).exclude(status=Payment.Status.FAILED)
    twins = Payment.objects.filter(
        customer=OuterRef("pk"), amount=asked.amount, method=asked.method,
        status=Payment.Status.COMPLETED, received_at__range=near,
    ).order_by("-pk")  # fmt: skip
    if asked.is_repeat_confirmed:
        twins = twins.none()
    found = Customer.objects.annotate(
        earlier_id=Subquery(of_key.values("pk")[:1]),
        twin_id=Subquery(twins.values("pk")[:1]),
        moves_services=Exists(
            Suspension.objects.filter(
                customer=OuterRef("pk"), kind=Suspension.Kind.NON_PAYMENT, ended_at=None
            )
        )
        | Exists(
            prepaid.due_to_renew(on=clock.local_date(asked.at)).filter(customer=OuterRef("pk"))
        ),
        has_accounts=Exists(Account.objects.filter(code=Chart.RECEIVABLE))
        & Exists(Account.objects.filter(code=asked.landed_in)),
    ).get(pk=asked.customer_id)
    return _Known(
        customer=found,
        earlier_id=found.earlier_id,
        twin_id=found.twin_id,
        moves_services=found.moves_services,
        has_accounts=found.has_accounts,
    )


def _check_chosen(asked: _Asked) -> None:
    if not asked.chosen:
        return
    payable = Invoice.objects.filter(
        pk__in=asked.chosen,
        customer=asked.customer_id,
        status=Invoice.Status.OPEN,
        amount_due__gt=0,
    )
    if payable.count() != len(asked.chosen):
        raise NotPayable(_("One of the chosen invoices is already paid. Choose again."))


def _write(asked: _Asked, customer: Customer) -> Payment:
    return Payment.objects.create(
        customer=customer,
        branch_id=customer.branch_id,
        amount=asked.amount,
        currency=Company.current().currency,
        method=asked.method,
        status=Payment.Status.PENDING,
        reference=asked.reference,
        account_no=asked.account,
        received_by=asked.received_by,
        received_at=asked.received_at,
        posted_on=clock.local_date(asked.received_at),
        idempotency_key=asked.key,
        note=asked.note,
    )


def _book(payment: Payment, asked: _Asked) -> None:
    """Book it on the day it counts for: cash, on the first day that is not closed at its till."""
    day = tills.day_of(
        method=Payment.Method.CASH if asked.landed_in == Chart.CASH else "",
        amount=payment.amount, person=asked.received_by or asked.actor,
        branch_id=payment.branch_id, on=payment.posted_on, at=asked.at,
    )  # fmt: skip
    ledger.post(
        kind="PAYMENT",
        source_type="payment",
        source_id=payment.pk,
        lines=[
            Line(account=asked.landed_in, amount=payment.amount),
            Line(account=Chart.RECEIVABLE, amount=-payment.amount, customer_id=payment.customer_id),
        ],
        posted_on=day,
        at=asked.at,
        branch_id=payment.branch_id,
        customer_id=payment.customer_id,
        actor=asked.actor,
        memo=" ".join(filter(None, [payment.method, payment.reference])),
    )


def _move_services(
    payment: Payment, known: _Known, *, at: datetime, actor: Actor | None
) -> tuple[int, Sequence[Renewed]]:
    """Switch on again what is paid for now, and begin prepaid time that the credit covers."""
    if not known.moves_services:
        return 0, ()
    reactivated = dunning.reopen_if_clear(customer_id=payment.customer_id, at=at, actor=actor)
    renewed = renewal.renew_due(
        customer_id=payment.customer_id, at=at, actor=actor, incoming=payment.pk
    )
    if renewed:
        known.customer.standing.refresh_from_db()
    return reactivated, renewed


def _paid_by(payment: Payment, parts: Sequence[Part], renewed: Sequence[Renewed]) -> Decimal:
    """Return what of the payment pays invoices; a renewal has made invoices of its own."""
    if renewed:
        payment.refresh_from_db(fields=["allocated_amount"])
        return payment.allocated_amount
    return sum((part.amount for part in parts if part.payment_id == payment.pk), Decimal(0))


def _complete(payment: Payment) -> None:
    """Give the receipt number, the last lock of all, and complete the payment with it."""
    year = payment.posted_on.year
    number = numbering.take(series="RCP", year=year)
    payment.receipt_number = numbering.written(series="RCP", year=year, number=number)
    payment.status = Payment.Status.COMPLETED
    payment.save(update_fields=["receipt_number", "status"])


def _record(
    payment: Payment, parts: Sequence[Part], *, reactivated: int, at: datetime, actor: Actor | None
) -> None:
    events.record(
        at=at,
        actor=actor,
        action="payment.recorded",
        target=payment,
        label=payment.receipt_number or "",
        customer_id=payment.customer_id,
        branch_id=payment.branch_id,
        after={
            "amount": str(payment.amount),
            "method": payment.method,
            "reference": payment.reference,
            "allocated": str(payment.allocated_amount),
            "invoices": len({part.invoice_id for part in parts}),
            "reactivated": reactivated,
        },
    )


def _tell_the_floors_above(payment: Payment, customer: Customer) -> None:
    """Let commissions and rewards be looked at, once the payment stands."""
    transaction.on_commit(
        partial(payment_settled.send_robust, sender=Payment, payment_id=payment.pk)
    )
    if customer.referred_by_id is not None:
        transaction.on_commit(partial(jobs.ring, tasks.settle_referral, customer_id=customer.pk))


def _earlier(asked: _Asked) -> Payment | None:
    """Return the payment this key has already made. Raises KeyReused when it is another one."""
    payment = (
        Payment.objects.filter(idempotency_key=asked.key)
        .exclude(status=Payment.Status.FAILED)
        .first()
    )
    if payment is not None and not asked.is_met_by(payment):
        raise KeyReused(_reused())
    return payment


def _reused() -> str:
    return _(
        "This form has already been sent with something else in it. "
        "Open a new one if you want to record another payment."
    )


def _repeat(asked: _Asked, twin: Payment) -> PossibleDuplicate:
    minutes = int(abs(asked.received_at - twin.received_at).total_seconds() // 60)
    words = {
        "what": f"{formats.money(twin.amount)} {Payment.Method(twin.method).label}",
        "who": twin.received_by.name if twin.received_by is not None else _("The system"),
        "minutes": minutes,
        "receipt": twin.receipt_number,
    }
    if minutes:
        said = _("%(what)s was taken %(minutes)d min ago by %(who)s (%(receipt)s).")
    else:
        said = _("%(what)s has just been taken by %(who)s (%(receipt)s).")
    return PossibleDuplicate(said % words, twin)


def landed_in(payment: Payment) -> int:
    """Return the account of the books a payment's money is in (one of our own banks, perhaps)."""
    return payment.account_no or int(ACCOUNT_OF[payment.method])
