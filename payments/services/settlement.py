"""Settle money: the one door every payment comes through, however it was taken.

What happens to the rows is one call of the database (`settling`): it locks in one order for
everybody, the customer's standing, the payment, the invoices oldest first, and the receipt counter
last. Most payments are no more than that call. Cash, and payments that open or renew a service,
are settled step by step in a transaction around two of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from billing.models import Invoice
from billing.services import dunning, ledger
from customers.models import Customer
from ispbill.accounts.models import User
from ispbill.core import amounts, formats, jobs
from ispbill.core.actors import Actor
from ispbill.core.amounts import AmountRefused
from ispbill.core.errors import DomainError, Stale
from ispbill.notifications.services import compose
from payments import tasks
from payments.models import Payment
from payments.rules import limits
from payments.rules.accounts import ACCOUNT_OF
from payments.services import renewal, settling
from payments.services.desk import tills
from payments.services.renewal import Renewed
from payments.services.settling import Answer, Asked
from payments.signals import payment_settled


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
    asked = Asked(
        customer_id=customer.pk,
        amount=amount,
        method=Payment.Method(method).value,
        reference=reference.strip()[:80],
        key=idempotency_key,
        account=int(into or 0),
        landed_in=int(into or ACCOUNT_OF[method]),
        received_by=received_by,
        received_at=received_at,
        note=note.strip()[:200],
        chosen=[invoice.pk for invoice in invoices or ()],
        is_repeat_confirmed=is_repeat_confirmed,
        actor=actor,
        at=at or received_at,
        was_brought=customer.referred_by_id is not None,
    )
    try:
        if connection.in_atomic_block:
            with transaction.atomic():
                return _settle(asked)
        answer = settling.settle(asked)
        if answer.verdict in _BY_STEPS:
            with transaction.atomic():
                return _settle(asked)
        return _result(asked, answer)
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


_BY_STEPS = ("CASH", "BY_STEPS", "CHART")


def _settle(asked: Asked) -> Settled:
    """Settle in the present transaction, with what has to happen between the database's steps."""
    answer = settling.settle(asked)
    if answer.verdict == "CHART":
        ledger.open_chart()
        answer = settling.settle(asked)
    if answer.verdict == "CASH":
        day = tills.day_of(
            method=Payment.Method.CASH, amount=asked.amount,
            person=asked.received_by or asked.actor, branch_id=answer.branch_id,
            on=asked.posted_on, at=asked.at,
        )  # fmt: skip
        asked = replace(asked, booked_on=day)
        answer = settling.settle(asked)
    if answer.verdict != "BY_STEPS":
        return _result(asked, answer)
    asked = replace(asked, by_steps=True)
    answer = settling.settle(asked)
    reactivated = dunning.reopen_if_clear(
        customer_id=asked.customer_id, at=asked.at, actor=asked.actor
    )
    renewed = renewal.renew_due(
        customer_id=asked.customer_id, at=asked.at, actor=asked.actor, incoming=answer.payment_id
    )
    answer = settling.complete(asked, answer, reactivated=reactivated)
    return _done(asked, answer, reactivated=reactivated, renewed=renewed)


def _result(asked: Asked, answer: Answer) -> Settled:
    """Return what has been settled. Raises what the verdict says."""
    if answer.verdict == "EARLIER":
        earlier = _earlier(asked)
        if earlier is not None:
            return Settled(payment=earlier, is_new=False)
    if answer.verdict == "REPEAT" and answer.payment_id is not None:
        raise _repeat(asked, Payment.objects.get(pk=answer.payment_id))
    if answer.verdict == "NOT_PAYABLE":
        raise NotPayable(_("One of the chosen invoices is already paid. Choose again."))
    if answer.verdict != "DONE":
        raise RuntimeError(f"a settlement was answered with {answer.verdict}")
    return _done(asked, answer)


def _done(
    asked: Asked, answer: Answer, *, reactivated: int = 0, renewed: Sequence[Renewed] = ()
) -> Settled:
    payment = settling.payment_of(asked, answer)
    # After commit.
    compose.ring_after_commit()
    transaction.on_commit(
        partial(payment_settled.send_robust, sender=Payment, payment_id=payment.pk)
    )
    if asked.was_brought:
        transaction.on_commit(
            partial(jobs.ring, tasks.settle_referral, customer_id=asked.customer_id)
        )
    return Settled(payment=payment, is_new=True, reactivated=reactivated, renewed=renewed)


def _earlier(asked: Asked) -> Payment | None:
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


def _repeat(asked: Asked, twin: Payment) -> PossibleDuplicate:
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
