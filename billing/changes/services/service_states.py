"""Switch services by hand: the state, the line, the money that follows from it, and the message."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing.changes.models import PlannedMove
from billing.changes.services import activation, returning
from billing.dunning.queries import suspension_rules
from billing.invoices.models import Invoice
from billing.ledger.services import account_states
from billing.prepaid.services import prepaid_run
from billing.pricing.queries import outlook
from billing.pricing.services import discounts
from customers.models import AccountState, Subscription, Suspension
from ispbill.audit.services import trail
from ispbill.audit.services.jobs import Progress
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from network.services import access, line_notices

CHUNK = 500


class NotSuspendable(DomainError):
    """Who owes nothing cannot be cut off for non-payment."""


class NotPaid(DomainError):
    """A prepaid service is opened by paying for its next period, not by hand."""


@dataclass
class Tally:
    """What a bulk suspension did, in services and customers."""

    suspended: int = 0
    without_active_service: int = 0
    owing_nothing: int = 0
    left_alone: dict[int, str] = field(default_factory=dict)
    """Customers (ids) of whom nothing was suspended → why, in words."""


def bills_by_default(kind: str) -> bool:
    """Tell whether days of a suspension of this kind are billed unless somebody says otherwise."""
    return suspension_rules.of(kind).is_billed


@transaction.atomic
def activate(*, subscription: Subscription, on: date, act: Act) -> Invoice | None:
    """Activate a pending service, issue its first bill and tell the customer.

    Raises ImpossibleMove, ReasonMissing.
    """
    was_pending = subscription.status == Subscription.Status.PENDING
    if was_pending:
        discounts.begin(subscription=subscription, on=on, act=act.because(""))
    invoice = activation.activate(subscription=subscription, on=on, act=act)
    if was_pending:
        line_notices.tell_when_open(
            event="service_activated", subscription_ids=[subscription.pk], at=act.at
        )
    return invoice


@transaction.atomic
def suspend(
    *, subscription: Subscription, kind: str, is_billed: bool, on: date, act: Act
) -> Subscription:
    """Suspend a service from the company date `on`, or change the kind of its suspension.

    Raises NotSuspendable, ImpossibleMove, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    account_states.lock([subscription.customer_id])
    account_state = AccountState.objects.get(customer_id=subscription.customer_id)
    if kind == Suspension.Kind.NON_PAYMENT and account_state.balance_amount <= 0:
        raise NotSuspendable(_("This customer owes nothing. Choose another kind of suspension."))
    before = outlook.running_suspension(subscription)
    subscription = access.suspend(
        subscription=subscription,
        kind=kind,
        is_billed=is_billed,
        decision=_decision(account_state),
        act=act,
        on=on,
        is_credited=suspension_rules.of(kind).is_credited,
    )
    after = outlook.running_suspension(subscription)
    if before is not None and after is not None and before.pk != after.pk:
        returning.settle(subscription_ids=[subscription.pk], on=clock.local_date(act.at), act=act)
    account_states.refresh([subscription.customer_id])
    if before is None:
        _tell_suspended([subscription.pk], kind=kind, at=act.at)
    return subscription


@transaction.atomic
def reactivate(*, subscription: Subscription, on: date, act: Act) -> Subscription:
    """Bring a suspended service back from the company date `on`; unbilled days stay unbilled.

    Raises ImpossibleMove, ReasonMissing.
    """
    act = trail.begin_with_reason(act=act)
    account_states.lock([subscription.customer_id])
    running = outlook.running_suspension(subscription)
    if running is not None and running.kind == Suspension.Kind.PREPAID:
        raise NotPaid(
            _(
                "The prepaid time of this service is over. Take a payment, redeem a voucher or "
                "give days: it opens by itself."
            )
        )
    was_suspended = running is not None
    subscription = access.reactivate(subscription=subscription, act=act, on=on)
    if not was_suspended:
        return subscription
    returning.settle(subscription_ids=[subscription.pk], on=clock.local_date(act.at), act=act)
    pauses = PlannedMove.objects.filter(
        subscription=subscription, status=PlannedMove.Status.RUNNING
    )
    pauses.update(status=PlannedMove.Status.DONE)
    account_states.refresh([subscription.customer_id])
    line_notices.tell_when_open(
        event="service_reactivated", subscription_ids=[subscription.pk], at=act.at
    )
    if subscription.mode == Subscription.Mode.PREPAID:
        prepaid_run.attend(customer_id=subscription.customer_id, act=act.because(""))
    return subscription


def suspend_customers(
    *,
    customer_ids: Sequence[int],
    kind: str,
    is_billed: bool,
    act: Act,
    progress: Progress | None = None,
) -> Tally:
    """Suspend the active services of these customers, one transaction for some hundreds of them.

    For non-payment, a customer who owes nothing is left alone. Again finds nothing left to do.
    Raises ReasonMissing.
    """
    act = act.because(trail.required_reason(act.reason))
    tally = Tally()
    if progress is not None:
        progress.total(len(customer_ids), step="suspensions")
    for chunk in _chunks(sorted(set(customer_ids))):
        before = tally.without_active_service + tally.owing_nothing
        _suspend_chunk(chunk, tally, kind=kind, is_billed=is_billed, act=act)
        if progress is not None:
            skipped = tally.without_active_service + tally.owing_nothing - before
            progress.advance(processed=len(chunk) - skipped, skipped=skipped)
    return tally


@transaction.atomic
def _suspend_chunk(
    customer_ids: list[int], tally: Tally, *, kind: str, is_billed: bool, act: Act
) -> None:
    trail.begin(act=act)
    account_states.lock(customer_ids)
    owing = {
        one.customer_id: one for one in AccountState.objects.filter(customer_id__in=customer_ids)
    }
    if kind == Suspension.Kind.NON_PAYMENT:
        all_ids, owing = (
            len(owing),
            {pk: one for pk, one in owing.items() if one.balance_amount > 0},
        )
        tally.owing_nothing += all_ids - len(owing)
    active = list(
        Subscription.objects.filter(customer_id__in=owing, status=Subscription.Status.ACTIVE)
        .order_by("pk")
        .values_list("pk", "customer_id")
    )
    tally.without_active_service += len(owing) - len({customer for _pk, customer in active})
    done = access.suspend_many(
        subscription_ids=[pk for pk, _customer in active],
        kind=kind,
        is_billed=is_billed,
        decisions={pk: _decision(owing[customer]) for pk, customer in active},
        act=act,
        on=act.on,
        is_credited=suspension_rules.of(kind).is_credited,
    )
    account_states.refresh({customer for _pk, customer in active})
    _tell_suspended(done, kind=kind, at=act.at)
    tally.suspended += len(done)
    cut_off = {customer for pk, customer in active if pk in set(done)}
    for pk in set(customer_ids) - cut_off:
        owes_nothing = kind == Suspension.Kind.NON_PAYMENT and pk not in owing
        tally.left_alone[pk] = _("owes nothing") if owes_nothing else _("no active service")


def _decision(account_state: AccountState) -> dict[str, Any]:
    due, promised = account_state.oldest_due_date, account_state.promised_until
    return {
        "by": "hand",
        "balance": f"{account_state.balance_amount:f}",
        "oldest_due_date": due.isoformat() if due else None,
        "promised_until": promised.isoformat() if promised else None,
    }


def _tell_suspended(subscription_ids: Sequence[int], *, kind: str, at: datetime) -> None:
    words = str(Suspension.Kind(kind).label).lower()
    line_notices.tell(
        event="service_suspended", subscription_ids=subscription_ids, at=at, reason=words
    )


def _chunks(ids: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), CHUNK):
        yield list(ids[start : start + CHUNK])
