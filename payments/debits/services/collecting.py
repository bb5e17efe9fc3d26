"""Debits that were collected: settled as payments, many together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from billing.allocation.models import Payment
from billing.invoices.models import Invoice
from billing.ledger.rules.chart import Chart
from billing.ledger.services import account_states
from billing.receivables.services import settlement
from billing.receivables.services.admission import Asked
from billing.receivables.services.settlement import Settled
from ispbill.audit.models import AuditEvent
from ispbill.audit.services import events, trail
from ispbill.core import faults, statements
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from payments.debits.models import DebitOrder, DebitPart, DebitStatementLine, Mandate
from payments.debits.services.noting import note, note_all

Outcome = DebitStatementLine.Outcome
State = DebitOrder.State
AT_ONCE = 100
"""Debits settled in one transaction: their customers' accounts are locked that long."""
NOT_OURS = "no debit order of ours"
_COLLECT = """
    UPDATE payments_debitorder o
    SET payment_id = n.payment_id, state = 'COLLECTED', ended_at = %s::timestamptz, reason = '',
        reason_code = ''
    FROM unnest(%s::bigint[], %s::bigint[]) AS n (id, payment_id) WHERE o.id = n.id RETURNING o.id
"""


@dataclass(frozen=True)
class Collected:
    """A line that says an order was collected."""

    line: DebitStatementLine
    order: DebitOrder


def settle_lines(lines: Sequence[DebitStatementLine], *, at: datetime) -> list[str]:
    """Settle what was collected; each order's account is locked once in a transaction."""
    references = {line.reference for line in lines if line.reference}
    orders = {
        order.reference: order for order in DebitOrder.objects.filter(reference__in=references)
    }
    waiting: list[Collected] = []
    for line in lines:
        order = orders.get(line.reference)
        if order is None:
            note(line, Outcome.HELD, NOT_OURS)
        else:
            waiting.append(Collected(line, order))
    while waiting:
        now: dict[int, Collected] = {}
        for one in waiting[:AT_ONCE]:
            now.setdefault(one.order.customer_id, one)
        together = list(now.values())
        try:
            _settle(together, at=at)
        except (DataError, IntegrityError):
            if len(together) == 1:
                raise
            for one in together:  # what is wrong with one spoils no other
                _settle([one], at=at)
        done = {one.line.pk for one in together}
        waiting = [one for one in waiting if one.line.pk not in done]
    return [line.outcome for line in lines]


@transaction.atomic
def _settle(wanted: Sequence[Collected], *, at: datetime) -> None:
    """Make collected debits payments; a payment that is refused holds its line."""
    reason = _reason(wanted)
    # Lock.
    account_states.begin(
        {one.order.customer_id for one in wanted}, act=Act(None, at, reason=reason)
    )
    held, good = _looked_at(_lock(wanted))
    # Change.
    settled: list[tuple[Collected, Payment]] = []
    for one, outcome in zip(good, _pay(good, at=at), strict=True):
        if isinstance(outcome, DomainError):
            held.append((one, str(outcome)))
        else:
            settled.append((one, outcome.payment))
    trail.begin(act=Act(None, at, reason=reason))
    _end_collected(settled, at=at)
    # Trail.
    events.write([_collected_event(one.order, payment, at=at) for one, payment in settled])
    faults.point("payments.debits.before_collected")
    note_all([(one.line, one.order, Outcome.HELD, words) for one, words in held])
    note_all([(one.line, one.order, Outcome.SETTLED, "") for one, _payment in settled])
    now = DebitStatementLine.objects.in_bulk([one.line.pk for one in wanted])
    for line in (one.line for one in wanted):
        line.outcome, line.note = now[line.pk].outcome, now[line.pk].note
        line.order_id = now[line.pk].order_id


def _lock(wanted: Sequence[Collected]) -> list[Collected]:
    """Lock mandates, orders and lines, after the accounts; return them as they are now."""
    list(
        Mandate.objects.select_for_update()
        .filter(pk__in={one.order.mandate_id for one in wanted})
        .order_by("pk")
        .values_list("pk")
    )
    orders = {
        order.pk: order
        for order in DebitOrder.objects.select_for_update()
        .filter(pk__in=[one.order.pk for one in wanted])
        .order_by("pk")
    }
    lines = {
        line.pk: line
        for line in DebitStatementLine.objects.select_for_update()
        .filter(pk__in=[one.line.pk for one in wanted])
        .order_by("pk")
    }
    return [Collected(lines[one.line.pk], orders[one.order.pk]) for one in wanted]


def _looked_at(locked: Sequence[Collected]) -> tuple[list[tuple[Collected, str]], list[Collected]]:
    """Return what is held, with why, and what is to be paid; lines done already are neither."""
    held, good = [], []
    for one in locked:
        if one.line.outcome not in (Outcome.NEW, Outcome.HELD):
            continue
        if one.order.payment_id is not None:
            held.append((one, _("Collected twice: pay it back.")))
        elif one.order.state in (State.UNPAID, State.DISPUTED):
            held.append((one, _("Collected after it was returned.")))
        elif one.line.effect_amount != one.order.amount:
            held.append((one, _("The amount is not that of the order.")))
        else:
            good.append(one)
    return held, good


def _pay(wanted: Sequence[Collected], *, at: datetime) -> list[Settled | DomainError]:
    if not wanted:
        return []
    chosen: dict[int, list[int]] = {one.order.pk: [] for one in wanted}
    open_ones = DebitPart.objects.filter(
        order__in=chosen, invoice__status=Invoice.Status.OPEN, invoice__amount_due__gt=0
    )
    for order_id, invoice_id in open_ones.values_list("order", "invoice"):
        chosen[order_id].append(invoice_id)
    return settlement.settle_all([_asked(one, chosen[one.order.pk], at=at) for one in wanted])


def _asked(one: Collected, invoices: Sequence[int], *, at: datetime) -> Asked:
    return Asked(
        customer_id=one.order.customer_id,
        amount=one.order.amount,
        method=Payment.Method.DEBIT_ORDER,
        received_by=None,
        received_at=at,
        key=f"debit-order-{one.order.pk}",
        reference=one.line.transaction_id,
        note=one.order.reference,
        chosen=invoices,
        is_repeat_confirmed=True,
        account_no=Chart.NETCASH_CLEARING,
        act=Act(None, at),
    )


def _end_collected(settled: Sequence[tuple[Collected, Payment]], *, at: datetime) -> None:
    """Write which payments collected these orders; their mandates have failed no more."""
    if not settled:
        return
    orders = [one.order.pk for one, _payment in settled]
    statements.fetch(_COLLECT, [at, orders, [payment.pk for _one, payment in settled]])
    mandates_of = {one.order.mandate_id for one, _payment in settled}
    Mandate.objects.filter(pk__in=mandates_of).update(failures=0)


def _collected_event(order: DebitOrder, payment: Payment, *, at: datetime) -> AuditEvent:
    return events.said(
        events.Target(
            type="debitorder",
            id=str(order.pk),
            label=order.reference,
            customer_id=order.customer_id,
            branch_id=payment.branch_id,
        ),
        act=Act(None, at),
        action="debit_order.collected",
        after={
            "state": State.COLLECTED.value,
            "amount": order.amount,
            "code": "",
            "again": order.is_retried,
        },
    )


def _reason(wanted: Sequence[Collected]) -> str:
    if len(wanted) == 1:
        return f"debit order {wanted[0].order.reference} collected"
    return f"{len(wanted)} debit orders collected"
