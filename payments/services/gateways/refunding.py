"""Send money back through the gateway it came by, and follow it to its end.

The books say the money is gone from the moment it was decided (`payments.services.refunds`). The
same order id is never paid twice by a gateway, so an unclear answer is cleared by asking again.
When the gateway refuses in the end, the money comes back as a payment and is credit once more;
what was never accepted is owed back again (`giving_back`).
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from billing.services import standings
from ispbill.audit.services import events, trail
from ispbill.core.outside import refuse_transaction
from payments.gateways.contract import Gateway, RefundOrder, RefundOutcome, RefundState
from payments.gateways.errors import GatewayDown, GatewayRefused, WrongCredentials
from payments.models import GatewayRefund, Payment
from payments.rules import attempts as rules
from payments.services import settlement
from payments.services.gateways import accounts, giving_back

State = GatewayRefund.State
_OPEN = (State.REQUESTED, State.PROCESSING)


def follow_all(*, now: Callable[[], datetime]) -> int:
    """Take every refund whose time has come one step on; return how many there were."""
    due = GatewayRefund.objects.filter(state__in=_OPEN, next_check_at__lte=now())
    ids = list(due.order_by("next_check_at", "pk").values_list("pk", flat=True)[:200])
    for refund_id in ids:
        follow(refund_id=refund_id, at=now())
    return len(ids)


def follow(*, refund_id: int, at: datetime) -> str:
    """Ask for the refund, or how far it is; return its state afterwards.

    Calls the gateway: never inside a transaction.
    """
    refuse_transaction("a gateway")
    row = GatewayRefund.objects.select_related("attempt__account", "refund").get(pk=refund_id)
    if row.state not in _OPEN:
        return row.state
    gateway = accounts.gateway_of(row.attempt.account)
    try:
        outcome = _asked(gateway, row)
    except (GatewayDown, WrongCredentials) as error:
        return _wait(row, at=at, words=str(error))
    except GatewayRefused as error:
        outcome = RefundOutcome(RefundState.REFUSED, words=error.detail)
    return _apply(row.pk, outcome, at=at)


def _asked(gateway: Gateway, row: GatewayRefund) -> RefundOutcome:
    order = _order(row)
    if row.is_sent:
        outcome = gateway.refund_state(order, row.gateway_reference)
        if outcome.state is not RefundState.UNKNOWN:
            return outcome
    GatewayRefund.objects.filter(pk=row.pk).update(is_sent=True)
    return gateway.refund(order)


def _order(row: GatewayRefund) -> RefundOrder:
    attempt = row.attempt
    return RefundOrder(
        order=row.order,
        amount=row.amount,
        currency=attempt.currency,
        reason=row.refund.reason if row.refund is not None else attempt.review_reason,
        gateway_reference=attempt.gateway_reference,
        bank_reference=attempt.bank_reference,
        session_key=attempt.session_key,
    )


def _wait(row: GatewayRefund, *, at: datetime, words: str, state: str = "") -> str:
    checks = row.checks + 1
    GatewayRefund.objects.filter(pk=row.pk, state__in=_OPEN).update(
        checks=checks,
        next_check_at=rules.next_check(at=at, checks=checks, is_down=not state),
        words=words[:300],
        state=state or row.state,
    )
    return state or row.state


@transaction.atomic
def _apply(refund_id: int, outcome: RefundOutcome, *, at: datetime) -> str:
    trail.begin(actor=None, at=at, reason="answer of the gateway about a refund")
    # Lock.
    row = GatewayRefund.objects.select_related("customer").get(pk=refund_id)
    standings.lock([row.customer_id])
    row = (
        GatewayRefund.objects.select_for_update(of=("self",))
        .select_related("attempt__payment", "attempt__account", "customer")
        .get(pk=refund_id)
    )
    # Decide.
    if row.state not in _OPEN:
        return row.state
    row.gateway_reference = outcome.reference or row.gateway_reference
    row.words = outcome.words[:300]
    row.checks += 1
    if outcome.state in (RefundState.PROCESSING, RefundState.UNKNOWN):
        row.state = State.PROCESSING
        row.next_check_at = rules.next_check(at=at, checks=row.checks, is_down=False)
        row.save()
        return row.state
    # Change.
    row.next_check_at, row.ended_at = None, at
    row.state = State.DONE if outcome.state is RefundState.DONE else State.REFUSED
    if row.refund_id is None:
        giving_back.ended(row, at=at)
    elif row.state == State.REFUSED:
        row.returned = _taken_again(row, at=at)
    row.save()
    # Trail.
    events.record(
        at=at,
        actor=None,
        action=f"gateway_refund.{row.state.lower()}",
        target=row,
        customer_id=row.customer_id,
        branch_id=row.attempt.branch_id,
        after={"amount": str(row.amount), "words": row.words},
    )
    return row.state


def _taken_again(row: GatewayRefund, *, at: datetime) -> Payment:
    payment = row.attempt.payment
    if payment is None:
        raise ValueError("only a settled payment is sent back")
    return settlement.settle(
        customer=row.customer,
        amount=row.amount,
        method=payment.method,
        received_by=None,
        received_at=at,
        idempotency_key=f"refund-refused:{row.order}",
        actor=None,
        reference=row.order,
        note="refund refused by the gateway",
        is_repeat_confirmed=True,
        into=settlement.landed_in(payment),
    ).payment
