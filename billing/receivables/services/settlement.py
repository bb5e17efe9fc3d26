"""Settle money: the one door every payment comes through, however it was taken.

Locks in one order for everybody: the customer's account, the till of cash, the payment, the
invoices oldest first, and the receipt counter last.
"""

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from django.db import IntegrityError, connection, transaction

from billing.allocation.models import Payment
from billing.allocation.rules import accounts
from billing.allocation.services import account_state, allocation
from billing.allocation.services.allocation import Part
from billing.dunning.services import dunning
from billing.ledger.rules.chart import Chart
from billing.ledger.services import account_states, ledger
from billing.ledger.services.ledger import Fact, Line
from billing.prepaid.services import renewal
from billing.prepaid.services.renewal import Renewed
from billing.receivables.services import admission, announcing
from billing.receivables.services.admission import Asked, Known
from billing.signals import payment_settled
from customers.models import Customer
from ispbill.audit.models import AuditEvent
from ispbill.audit.services import events
from ispbill.core import clock, statements
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.models import Company
from ispbill.core.services import numbering

_COMPLETE = """
    UPDATE billing_payment p SET receipt_number = n.number, status = 'COMPLETED'
    FROM unnest(%s::bigint[], %s::text[]) AS n (id, number) WHERE p.id = n.id RETURNING p.id
"""


@dataclass(frozen=True)
class Settled:
    """A payment that stands in the books; `is_new` is False when the key had been used before."""

    payment: Payment
    is_new: bool
    reactivated: int = 0
    """How many services this payment switched on again."""
    renewed: Sequence[Renewed] = ()
    """The prepaid time it started at once."""


def settle(asked: Asked) -> Settled:
    """Record money received, allocate it, book it, and switch services on again.

    The same key again returns the first payment and does nothing. Cash goes into the open shift
    of the person who received it, and counts for the first day whose cash is not closed
    (`billing.tills.services.tills`).

    Raises NotPayable, PossibleDuplicate (unless `is_repeat_confirmed`), KeyReused (the same key
    with another customer, amount, method or reference), NoOpenShift, TooMuchCash.
    """
    try:
        # Nothing of a refused payment is written: a transaction around needs no savepoint.
        with transaction.atomic(savepoint=False):
            settled = settle_all([asked])[0]
    except IntegrityError as error:
        # Two customers under one key do not share a lock: the unique constraint was it.
        if connection.in_atomic_block or admission.earlier(asked) is None:
            raise
        raise admission.reused() from error
    if isinstance(settled, DomainError):
        raise settled
    return settled


def settle_all(wanted: Sequence[Asked]) -> list[Settled | DomainError]:
    """Settle payments of different customers, in the caller's transaction; one is a chunk of one.

    All are of the same actor and moment. A payment that is refused spoils no other: its refusal is
    returned in its place, and nothing of it is written. What the database itself refuses is raised,
    and undoes them all.
    """
    # Services reopen and bills begin today, on whatever day of the books the money came.
    act = Act(wanted[0].act.actor, wanted[0].act.at)
    customers = {asked.customer_id for asked in wanted}
    if len(customers) != len(wanted):
        raise ValueError("one payment of a customer at a time")
    # Lock.
    account_states.begin(customers, act=act.because(_reason(wanted)))
    # Decide.
    outcomes, taken = _decide(wanted)
    if not taken:
        return outcomes
    # Change.
    _write(taken)
    _book(taken, act=act)
    _allocate(taken, at=act.at)
    _move_account_states(taken)
    for one in taken:
        _move_services(one, act=act)
    _complete(taken)
    # Trail.
    events.write([_event(one, act=act) for one in taken])
    thanked = [one.received for one in taken if one.asked.is_told]
    announcing.received(thanked, chosen=taken[0].known.thanks, at=act.at)
    # After commit.
    for one in taken:
        _tell_the_floors_above(one)
        outcomes[one.place] = one.settled
    return outcomes


@dataclass
class _Taken:
    """A payment that is being taken: what is asked for and known, and what became of it so far."""

    place: int
    asked: Asked
    known: Known
    day: date
    payment: Payment
    parts: list[Part] = field(default_factory=list)
    reactivated: int = 0
    renewed: Sequence[Renewed] = ()

    @property
    def settled(self) -> Settled:
        return Settled(
            payment=self.payment, is_new=True, reactivated=self.reactivated, renewed=self.renewed
        )

    @property
    def received(self) -> announcing.Received:
        return announcing.Received(
            payment=self.payment,
            customer=self.known.customer,
            may_be_cut_off=self.known.moves_services,
            reopened=self.reactivated,
        )


def _decide(wanted: Sequence[Asked]) -> tuple[list[Settled | DomainError], list[_Taken]]:
    """Return what stands already or is refused, each in its place, and what is to be taken."""
    outcomes: list[Settled | DomainError] = []
    taken: list[_Taken] = []
    for place, (asked, known) in enumerate(zip(wanted, admission.look(wanted), strict=True)):
        try:
            if known.earlier_id is not None and (earlier := admission.earlier(asked)) is not None:
                outcomes.append(Settled(payment=earlier, is_new=False))
                continue
            admission.check(asked, known)
            day = admission.day_of(asked, known)
        except DomainError as refusal:
            outcomes.append(refusal)
            continue
        one = _Taken(place, asked, known, day, _payment(asked, known.customer))
        taken.append(one)
        outcomes.append(one.settled)
    if not all(one.known.has_accounts for one in taken):
        ledger.open_chart()
    return outcomes, taken


def _payment(asked: Asked, customer: Customer) -> Payment:
    return Payment(
        customer=customer,
        branch_id=customer.branch_id,
        amount=asked.amount,
        currency=Company.current().currency,
        method=asked.method,
        status=Payment.Status.PENDING,
        reference=asked.reference,
        account_no=asked.account_no,
        received_by=asked.received_by,
        received_at=asked.received_at,
        posted_on=clock.local_date(asked.received_at),
        idempotency_key=asked.key,
        note=asked.note,
    )


def _write(taken: Sequence[_Taken]) -> None:
    statements.insert([one.payment for one in taken])


def _book(taken: Sequence[_Taken], *, act: Act) -> None:
    ledger.post_all([_fact(one.payment, one.asked, one.day) for one in taken], act=act)


def _fact(payment: Payment, asked: Asked, day: date) -> Fact:
    return Fact(
        kind="PAYMENT",
        source_type="payment",
        source_id=payment.pk,
        lines=[
            Line(account=asked.landed_in, amount=payment.amount),
            Line(account=Chart.RECEIVABLE, amount=-payment.amount, customer_id=payment.customer_id),
        ],
        posted_on=day,
        branch_id=payment.branch_id,
        customer_id=payment.customer_id,
        memo=" ".join(filter(None, [payment.method, payment.reference])),
    )


def _allocate(taken: Sequence[_Taken], *, at: datetime) -> None:
    """Let the money pay debts; older credit of the same customers comes along."""
    of_customer = {one.payment.customer_id: one for one in taken}
    incoming = {one.payment.pk: one.asked.chosen for one in taken}
    for part in allocation.allocate(list(of_customer), at=at, incoming=incoming):
        one = of_customer[part.customer_id]
        one.parts.append(part)
        if part.payment_id == one.payment.pk:
            one.payment.allocated_amount += part.amount


def _move_account_states(taken: Sequence[_Taken]) -> None:
    account_states_now = account_state.add_payments([one.payment for one in taken])
    for one in taken:
        one.known.customer.account_state = account_states_now[one.payment.customer_id]


def _move_services(one: _Taken, *, act: Act) -> None:
    """Switch on again what is paid for now, and begin prepaid time that the credit covers."""
    if not one.known.moves_services:
        return
    customer_id = one.payment.customer_id
    one.reactivated = dunning.reopen_if_clear(customer_id=customer_id, act=act)
    one.renewed = renewal.renew_due(customer_id=customer_id, act=act, incoming=one.payment.pk)
    if one.renewed:  # it has made bills of its own, and the payment pays them
        one.known.customer.account_state.refresh_from_db()
        one.payment.refresh_from_db(fields=["allocated_amount"])


def _complete(taken: Sequence[_Taken]) -> None:
    """Give the receipt numbers, the last lock of all, and complete the payments with them."""
    years = Counter(one.payment.posted_on.year for one in taken)
    free = {
        year: itertools.count(numbering.take(series="RCP", year=year, count=count))
        for year, count in sorted(years.items())
    }
    for one in taken:
        year = one.payment.posted_on.year
        number = numbering.written(series="RCP", year=year, number=next(free[year]))
        one.payment.receipt_number, one.payment.status = number, Payment.Status.COMPLETED
    numbers = {one.payment.pk: one.payment.receipt_number for one in taken}
    statements.fetch(_COMPLETE, [list(numbers), list(numbers.values())])


def _event(one: _Taken, *, act: Act) -> AuditEvent:
    payment = one.payment
    return events.said(
        events.Target(
            type="payment",
            id=str(payment.pk),
            label=payment.receipt_number or "",
            customer_id=payment.customer_id,
            branch_id=payment.branch_id,
        ),
        act=act,
        action="payment.recorded",
        after={
            "amount": str(payment.amount),
            "method": payment.method,
            "reference": payment.reference,
            "allocated": str(payment.allocated_amount),
            "invoices": len({part.invoice_id for part in one.parts}),
            "reactivated": one.reactivated,
        },
    )


def _tell_the_floors_above(one: _Taken) -> None:
    """Let commissions and rewards be looked at, once the payment stands."""
    customer = one.known.customer
    transaction.on_commit(
        partial(
            payment_settled.send_robust,
            sender=Payment,
            payment_id=one.payment.pk,
            referred_id=customer.pk if customer.referred_by_id is not None else None,
        )
    )


def _reason(wanted: Sequence[Asked]) -> str:
    if len(wanted) == 1:
        return f"payment of {wanted[0].amount} received"
    return f"{len(wanted)} payments received"


def landed_in(payment: Payment) -> int:
    """Return the account of the books a payment's money is in (one of our own banks, perhaps)."""
    return accounts.landed_in(method=payment.method, account_no=payment.account_no)
