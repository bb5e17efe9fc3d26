"""Settle money: the one door every payment comes through, however it was taken.

Locks in one order for everybody: the customer's standing, the payment, the invoices oldest first,
and the receipt counter last, so that cashiers wait for each other as briefly as can be.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from billing.models import Invoice
from billing.rules.chart import Chart
from billing.services import dunning, ledger, standings
from billing.services.ledger import Line
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import clock
from ispbill.core.actors import Actor
from ispbill.core.errors import DomainError, Stale
from ispbill.core.models import Company
from ispbill.core.services import numbering
from payments.models import Payment
from payments.rules import limits
from payments.rules.accounts import ACCOUNT_OF
from payments.rules.allocation import Part
from payments.services import announcing, credit, renewal, standing
from payments.services.desk import tills
from payments.services.renewal import Renewed
from payments.signals import payment_settled


class AmountRefused(DomainError):
    """The amount is not one that can be paid."""


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
    asked = _Asked(
        customer_id=customer.pk,
        amount=amount,
        method=Payment.Method(method).value,
        reference=reference.strip()[:80],
        key=idempotency_key,
    )
    if asked.key == "":
        raise ValueError("a payment needs an idempotency key")
    try:
        with transaction.atomic():
            return _settle(
                asked,
                received_by=received_by,
                received_at=received_at,
                at=at or received_at,
                actor=actor,
                note=note.strip()[:200],
                chosen=[invoice.pk for invoice in invoices or ()],
                is_repeat_confirmed=is_repeat_confirmed,
                into=into,
            )
    except IntegrityError as error:
        # Two customers under one key do not share a lock: the unique constraint was it.
        earlier = _earlier(asked)
        if earlier is None:
            raise
        raise KeyReused(_reused()) from error


def check_amount(amount: Decimal) -> None:
    """Raise AmountRefused unless this is an amount one payment can have."""
    if not amount.is_finite():
        raise AmountRefused(_("Write the amount in digits, for example 1,234.50."))
    if amount <= 0:
        raise AmountRefused(_("The amount must be more than zero."))
    if amount > limits.LARGEST:
        raise AmountRefused(_("This amount is too large for one payment. Check the digits."))
    if not limits.has_cents_at_most(amount):
        raise AmountRefused(_("Write at most 2 digits after the decimal point."))


@dataclass(frozen=True)
class _Asked:
    """What makes two requests the same request."""

    customer_id: int
    amount: Decimal
    method: str
    reference: str
    key: str

    def is_met_by(self, payment: Payment) -> bool:
        return (self.customer_id, self.amount, self.method, self.reference) == (
            payment.customer_id,
            payment.amount,
            payment.method,
            payment.reference,
        )


def _settle(
    asked: _Asked,
    *,
    received_by: User | None,
    received_at: datetime,
    at: datetime,
    actor: Actor | None,
    note: str,
    chosen: Collection[int],
    is_repeat_confirmed: bool,
    into: int | None,
) -> Settled:
    trail.begin(actor=actor, at=at, reason=f"payment of {asked.amount} received")
    # Lock.
    standings.lock([asked.customer_id])
    # Decide.
    earlier = _earlier(asked)
    if earlier is not None:
        return Settled(payment=earlier, is_new=False)
    customer = Customer.objects.get(pk=asked.customer_id)
    if not is_repeat_confirmed:
        _ask_about_repeat(asked, received_at=received_at)
    _check_chosen(customer, chosen)
    # Change.
    payment = Payment.objects.create(
        customer=customer,
        branch_id=customer.branch_id,
        amount=asked.amount,
        currency=Company.current().currency,
        method=asked.method,
        status=Payment.Status.PENDING,
        reference=asked.reference,
        account_no=int(into or 0),
        received_by=received_by,
        received_at=received_at,
        posted_on=clock.local_date(received_at),
        idempotency_key=asked.key,
        note=note,
    )
    day = tills.day_of(
        method="CASH" if landed_in(payment) == Chart.CASH else "",
        amount=payment.amount, person=received_by or actor,
        branch_id=payment.branch_id, on=payment.posted_on, at=at,
    )  # fmt: skip
    _book(payment, on=day, at=at, actor=actor)
    parts = credit.spread_locked([customer.pk], at=at, incoming=payment.pk, chosen=chosen)
    standing.recompute([customer.pk], incoming=payment.pk)
    reactivated = dunning.reopen_if_clear(customer_id=customer.pk, at=at, actor=actor)
    renewed = renewal.renew_due(customer_id=customer.pk, at=at, actor=actor, incoming=payment.pk)
    _complete(payment)
    # Trail.
    _record(payment, parts=parts, reactivated=reactivated, at=at, actor=actor)
    # After commit.
    announcing.received(payment, at=at)
    transaction.on_commit(
        partial(payment_settled.send_robust, sender=Payment, payment_id=payment.pk)
    )
    return Settled(payment=payment, is_new=True, reactivated=reactivated, renewed=renewed)


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


def _ask_about_repeat(asked: _Asked, *, received_at: datetime) -> None:
    near = (received_at - limits.REPEAT_WITHIN, received_at + limits.REPEAT_WITHIN)
    twin = (
        Payment.objects.select_related("received_by")
        .filter(customer=asked.customer_id, amount=asked.amount, method=asked.method)
        .filter(status=Payment.Status.COMPLETED, received_at__range=near)
        .order_by("-pk")
        .first()
    )
    if twin is None:
        return
    minutes = int(abs(received_at - twin.received_at).total_seconds() // 60)
    words = {
        "who": twin.received_by.name if twin.received_by is not None else _("The system"),
        "minutes": minutes,
        "receipt": twin.receipt_number,
    }
    if minutes:
        said = _(
            "%(who)s took the same amount from this customer %(minutes)d min ago (%(receipt)s)."
        )
    else:
        said = _("%(who)s has just taken the same amount from this customer (%(receipt)s).")
    raise PossibleDuplicate(said % words, twin)


def _check_chosen(customer: Customer, chosen: Collection[int]) -> None:
    if not chosen:
        return
    payable = Invoice.objects.filter(
        pk__in=chosen, customer=customer, status=Invoice.Status.OPEN, amount_due__gt=0
    ).count()
    if payable != len(set(chosen)):
        raise NotPayable(_("One of the chosen invoices is already paid. Choose again."))


def _book(payment: Payment, *, on: date, at: datetime, actor: Actor | None) -> None:
    ledger.open_chart()
    ledger.post(
        kind="PAYMENT",
        source_type="payment",
        source_id=payment.pk,
        lines=[
            Line(account=landed_in(payment), amount=payment.amount),
            Line(account=Chart.RECEIVABLE, amount=-payment.amount, customer_id=payment.customer_id),
        ],
        posted_on=on,
        at=at,
        branch_id=payment.branch_id,
        customer_id=payment.customer_id,
        actor=actor,
        memo=" ".join(filter(None, [payment.method, payment.reference])),
    )


def landed_in(payment: Payment) -> int:
    """Return the account of the books a payment's money is in (one of our own banks, perhaps)."""
    return payment.account_no or int(ACCOUNT_OF[payment.method])


def _complete(payment: Payment) -> None:
    """Give the receipt number, the last lock of all, and complete the payment with it."""
    year = payment.posted_on.year
    number = numbering.take(series="RCP", year=year)
    payment.receipt_number = numbering.written(series="RCP", year=year, number=number)
    payment.status = Payment.Status.COMPLETED
    payment.save(update_fields=["receipt_number", "status"])
    payment.refresh_from_db(fields=["allocated_amount"])


def _record(
    payment: Payment, *, parts: Sequence[Part], reactivated: int, at: datetime, actor: Actor | None
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
