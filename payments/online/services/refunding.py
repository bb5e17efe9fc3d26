"""Send money back through the gateway it came by, and follow it to its end.

The books say the money is gone from the moment it was decided (`payments.online.services.refunds`).
An unclear answer is cleared by asking for the refund's state. It is sent again only where the
gateway knows our id of it and pays the same one once (`Gateway.refund_id_is_once`), or where it
never left us; else, when asking does not clear it, a person decides (`refund_doubts`). When the
gateway refuses in the end, the money comes back as a payment and is credit once more; what was
never accepted is owed back again (`giving_back`).
"""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from billing.allocation.models import Payment
from billing.ledger.services import account_states
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act
from ispbill.core.outside import refuse_transaction
from payments.online.gateways.contract import Gateway, RefundOrder, RefundOutcome, RefundState
from payments.online.gateways.errors import GatewayDown, GatewayRefused, WrongCredentials
from payments.online.models import GatewayRefund
from payments.online.models.refund import MoneyBack
from payments.online.rules import attempts as rules
from payments.online.services import accounts, giving_back

State = GatewayRefund.State
_OPEN = (State.REQUESTED, State.PROCESSING)
MOST_ASKS = 4  # questions about a refund the gateway does not know, before a person is asked


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
    gateway = accounts.gateway_of(row.attempt.account, at=at)
    try:
        outcome = asked(gateway, order_of(row), row)
    except (GatewayDown, WrongCredentials) as error:
        return wait(row, at=at, words=str(error))
    return _apply(row.pk, outcome, at=at)


def asked(gateway: Gateway, order: RefundOrder, row: MoneyBack) -> RefundOutcome:
    """Ask a gateway to send money back, or how far it is with it; what it says.

    Raises GatewayDown, WrongCredentials: then nothing is known.
    """
    try:
        return _asked(gateway, order, row)
    except WrongCredentials:
        raise
    except GatewayRefused as error:
        return RefundOutcome(RefundState.REFUSED, words=error.detail)


def _asked(gateway: Gateway, order: RefundOrder, row: MoneyBack) -> RefundOutcome:
    if row.is_sent and not row.is_cleared:
        outcome = _state(gateway, order, row)
        if outcome.state is not RefundState.UNKNOWN or not gateway.refund_id_is_once:
            return outcome
    rows = type(row)._default_manager
    mine = rows.filter(pk=row.pk)
    if not gateway.refund_id_is_once:
        mine = mine.filter(Q(is_sent=False) | Q(is_cleared=True))
    if not mine.update(is_sent=True, is_cleared=False):
        return RefundOutcome(RefundState.UNKNOWN)  # another worker is sending it
    try:
        return gateway.refund(order)
    except GatewayDown as error:
        if not error.was_sent:
            rows.filter(pk=row.pk).update(is_cleared=True)
        raise


def _state(gateway: Gateway, order: RefundOrder, row: MoneyBack) -> RefundOutcome:
    """Ask how far it is; a question that is refused says nothing about the refund."""
    try:
        return gateway.refund_state(order, row.gateway_reference)
    except GatewayRefused as error:
        return RefundOutcome(RefundState.UNKNOWN, words=error.detail)


def order_of(row: GatewayRefund) -> RefundOrder:
    """Return a refund as a gateway is asked for it."""
    attempt = row.attempt
    others = GatewayRefund.objects.filter(attempt=attempt).exclude(pk=row.pk)
    return RefundOrder(
        order=row.order,
        amount=row.amount,
        currency=attempt.currency,
        reason=row.refund.reason if row.refund is not None else attempt.review_reason,
        gateway_reference=attempt.gateway_reference,
        bank_reference=attempt.bank_reference,
        session_key=attempt.session_key,
        others=frozenset(
            others.exclude(gateway_reference="").values_list("gateway_reference", flat=True)
        ),
    )


def wait(row: MoneyBack, *, at: datetime, words: str, state: str = "") -> str:
    """Ask again later: nothing is known yet; return the state."""
    checks = row.checks + 1
    type(row)._default_manager.filter(pk=row.pk, state__in=_OPEN).update(
        checks=checks,
        next_check_at=rules.next_check(at=at, checks=checks, is_down=not state),
        words=words[:300],
        state=state or row.state,
    )
    return state or row.state


@transaction.atomic
def _apply(refund_id: int, outcome: RefundOutcome, *, at: datetime) -> str:
    trail.begin(act=Act(None, at, reason="answer of the gateway about a refund"))
    # Lock.
    row = GatewayRefund.objects.select_related("customer").get(pk=refund_id)
    account_states.lock([row.customer_id])
    row = (
        GatewayRefund.objects.select_for_update(of=("self",))
        .select_related("attempt__payment", "attempt__account", "customer")
        .get(pk=refund_id)
    )
    # Decide.
    if row.state not in _OPEN:
        return row.state
    is_over = heard(row, outcome, at=at)
    if row.state == State.DOUBT:
        row.save()
        events.record(
            act=Act(None, at),
            action="gateway_refund.doubted",
            target=row,
            branch_id=row.attempt.branch_id,
            after={"amount": str(row.amount), "words": row.words},
        )
        return row.state
    if not is_over:
        row.save()
        return row.state
    state = State.DONE if outcome.state is RefundState.DONE else State.REFUSED
    return end(row, state, act=Act(None, at)).state


def heard(row: MoneyBack, outcome: RefundOutcome, *, at: datetime) -> bool:
    """Take an answer into a locked row (not saved); tell whether it is the gateway's last word."""
    row.gateway_reference = outcome.reference or row.gateway_reference
    row.words = outcome.words[:300]
    row.checks += 1
    if outcome.state is RefundState.UNKNOWN and row.is_sent and row.checks >= MOST_ASKS:
        row.state, row.next_check_at = State.DOUBT, None
        return False
    if outcome.state in (RefundState.PROCESSING, RefundState.UNKNOWN):
        row.state = State.PROCESSING
        row.next_check_at = rules.next_check(at=at, checks=row.checks, is_down=False)
        return False
    return True


def end(row: GatewayRefund, state: str, *, act: Act) -> GatewayRefund:
    """Close a refund (locked, with its customer's account), with what follows in the books."""
    # Change.
    row.next_check_at, row.ended_at, row.state = None, act.at, State(state)
    if row.refund_id is None:
        giving_back.ended(row, at=act.at)
    elif row.state == State.REFUSED:
        row.returned = _taken_again(row, at=act.at)
    row.save()
    # Trail.
    events.record(
        act=act,
        action=f"gateway_refund.{row.state.lower()}",
        target=row,
        branch_id=row.attempt.branch_id,
        after={"amount": str(row.amount), "words": row.words},
    )
    return row


def _taken_again(row: GatewayRefund, *, at: datetime) -> Payment:
    payment = row.attempt.payment
    if payment is None:
        raise ValueError("only a settled payment is sent back")
    return settlement.settle(
        Asked(
            customer_id=row.customer_id,
            amount=row.amount,
            method=payment.method,
            received_by=None,
            received_at=at,
            key=f"refund-refused:{row.order}",
            reference=row.order,
            note="refund refused by the gateway",
            is_repeat_confirmed=True,
            account_no=settlement.landed_in(payment),
            act=Act(None, at),
        )
    ).payment
