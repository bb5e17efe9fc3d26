"""A customer's permission to collect: asked for, cancelled, stopped, allowed again.

What only NetCash can tell (signed, declined, expired) is in `signature`.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from billing.ledger.services import account_states
from billing.receivables.services import admission
from customers.models import Customer
from ispbill.audit.services import events, trail
from ispbill.core import jobs
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, Stale
from ispbill.core.models import Company
from payments.debits.models import DebitBatch, DebitOrder, DebitSettings, Mandate
from payments.debits.rules.debits import LONGEST_REFERENCE
from payments.debits.services import methods
from payments.online.models import PaymentMethod

State = Mandate.State
WAITING = (State.PENDING, State.SENT, State.ACCEPTED)


class MandateRefused(DomainError):
    """No mandate can be asked for, or this one cannot change like that."""


@transaction.atomic
def request(
    *,
    method: PaymentMethod,
    debit_day: int,
    ceiling: Decimal,
    act: Act,
    frequency: str = Mandate.Frequency.MONTHLY,
) -> Mandate:
    """Ask for a mandate on a bank account; NetCash is asked after the commit, by a task.

    `ceiling` is the most one debit may take, in Rand. Raises MandateRefused.
    """
    trail.begin(act=act.because("debit order mandate requested"))
    # Lock.
    account_states.lock([method.customer_id])
    # Decide.
    method = PaymentMethod.objects.select_related("customer").get(pk=method.pk)
    customer = method.customer
    _check(method, debit_day=debit_day)
    admission.check_amount(ceiling)
    # Change.
    count = Mandate.objects.filter(customer=customer).count()
    mandate = Mandate.objects.create(
        customer=customer,
        method=method,
        account_reference=_reference(customer, count + 1),
        frequency=Mandate.Frequency(frequency).value,
        debit_day=debit_day,
        ceiling_amount=ceiling,
        currency=Company.current().currency,
        asked_at=act.at,
        asked_by_id=act.actor.pk if act.actor is not None else None,
        next_attempt_at=act.at,
    )
    # Trail.
    record("mandate.requested", mandate, act=act)
    # After commit.
    jobs.after_commit("payments.follow_debit_orders")
    return mandate


@transaction.atomic
def request_on_new_account(
    *,
    customer: Customer,
    details: Mapping[str, str],
    holder: str,
    bank: str,
    debit_day: int,
    ceiling: Decimal,
    act: Act,
    check: str = PaymentMethod.Check.NONE,
) -> Mandate:
    """Keep a bank account and ask for its mandate, both or neither.

    Raises MethodRefused, MandateRefused, AmountRefused.
    """
    method = methods.add(
        customer=customer,
        kind=PaymentMethod.Kind.BANK_ACCOUNT,
        details=details,
        holder=holder,
        bank=bank,
        act=act,
        check=check,
    )
    return request(method=method, debit_day=debit_day, ceiling=ceiling, act=act)


@transaction.atomic
def cancel(*, mandate: Mandate, act: Act) -> Mandate:
    """End a mandate; what is planned with it is dropped, what was sent already still comes.

    Raises Stale when it is over already, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    mandate = locked(mandate)
    if not mandate.is_open:
        raise Stale(_("This mandate is over already."))
    return end(mandate, state=State.CANCELLED, act=act)


@transaction.atomic
def suspend(*, mandate: Mandate, act: Act) -> Mandate:
    """Stop collecting with a mandate until somebody resumes it. Raises Stale, ReasonMissing."""
    act = trail.begin_with_reason(act=act)
    mandate = locked(mandate)
    if mandate.state != State.ACTIVE:
        raise Stale(_("Only an active mandate can be suspended."))
    return stop(mandate, need=Mandate.Need.STAFF, act=act)


@transaction.atomic
def resume(*, mandate: Mandate, act: Act) -> Mandate:
    """Collect with a suspended mandate again.

    Raises MandateRefused when the bank wants a new one, Stale, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    mandate = locked(mandate)
    if mandate.state != State.SUSPENDED:
        raise Stale(_("This mandate is not suspended."))
    if mandate.need != Mandate.Need.STAFF:
        raise MandateRefused(_("The bank refuses this mandate: ask the customer for a new one."))
    others = Mandate.objects.filter(customer=mandate.customer_id, state=State.ACTIVE)
    if others.exists():
        raise MandateRefused(_("The customer has another active mandate."))
    mandate.state, mandate.need, mandate.state_reason = State.ACTIVE, "", ""
    mandate.failures, mandate.resumed_at = 0, act.at
    mandate.save(update_fields=["state", "need", "state_reason", "failures", "resumed_at"])
    # What failed with it is tried again with the next run.
    failed = DebitOrder.objects.filter(mandate=mandate, state=DebitOrder.State.UNPAID)
    failed.update(is_retried=True)
    record("mandate.resumed", mandate, act=act)
    return mandate


def method_removed(*, method_id: int, act: Act) -> None:
    """End what collects through a way to pay that is being removed (in its transaction)."""
    for mandate in Mandate.objects.filter(method=method_id, state__in=Mandate.OPEN).order_by("pk"):
        cancel(mandate=mandate, act=act.because("the bank account was removed"))


def locked(mandate: Mandate) -> Mandate:
    """Lock the customer's account and the mandate, in this order; return it as it is now."""
    account_states.lock([mandate.customer_id])
    return (
        Mandate.objects.select_for_update(of=("self",))
        .select_related("customer", "method")
        .get(pk=mandate.pk)
    )


def end(mandate: Mandate, *, state: str, act: Act) -> Mandate:
    """Write that a locked mandate is over, for good."""
    mandate.state, mandate.state_reason = State(state).value, act.reason[:200]
    mandate.ended_at, mandate.need = act.at, ""
    mandate.unsure_since = mandate.next_attempt_at = None
    mandate.save(
        update_fields=[
            "state",
            "state_reason",
            "ended_at",
            "need",
            "unsure_since",
            "next_attempt_at",
        ]
    )
    _drop_planned(mandate, reason=act.reason, at=act.at)
    record(f"mandate.{mandate.state.lower()}", mandate, act=act)
    return mandate


def stop(mandate: Mandate, *, need: str, act: Act) -> Mandate:
    """Suspend a locked mandate, saying what would end that."""
    mandate.state, mandate.need = State.SUSPENDED, Mandate.Need(need).value
    mandate.state_reason = act.reason[:200]
    mandate.save(update_fields=["state", "need", "state_reason"])
    _drop_planned(mandate, reason=act.reason, at=act.at)
    record("mandate.suspended", mandate, act=act)
    return mandate


def record(action: str, mandate: Mandate, *, act: Act) -> None:
    """Write the event of a mandate's change."""
    events.record(
        act=act,
        action=action,
        target=mandate,
        branch_id=mandate.customer.branch_id,
        after={"state": mandate.state, "account": mandate.method.label, "need": mandate.need},
    )


def _drop_planned(mandate: Mandate, *, reason: str, at: datetime) -> None:
    DebitOrder.objects.filter(
        mandate=mandate, state=DebitOrder.State.PLANNED, batch__state=DebitBatch.State.DRAFT
    ).update(state=DebitOrder.State.DROPPED, reason=reason[:200], ended_at=at)


def _check(method: PaymentMethod, *, debit_day: int) -> None:
    if not DebitSettings.current().is_on:
        raise MandateRefused(_("Debit orders are switched off."))
    if method.removed_at is not None or method.kind != PaymentMethod.Kind.BANK_ACCOUNT:
        raise MandateRefused(_("A debit order needs a bank account."))
    if method.check_state == PaymentMethod.Check.WRONG:
        raise MandateRefused(_("The bank knows no account of this number: add it again."))
    if not 1 <= debit_day <= 28:
        raise MandateRefused(_("The day is one of 1 to 28."))
    open_ones = Mandate.objects.filter(customer=method.customer_id)
    if open_ones.filter(state__in=WAITING).exists():
        raise MandateRefused(_("There is a request already that waits for the signature."))
    if open_ones.filter(method=method, state=State.ACTIVE).exists():
        raise MandateRefused(_("This account has an active mandate already."))


def _reference(customer: Customer, count: int) -> str:
    reference = f"{customer.number}-{count}"
    return reference[-LONGEST_REFERENCE:]
