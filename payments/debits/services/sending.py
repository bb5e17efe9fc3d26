"""Send a batch, once: what may have arrived is looked for by its name before anything else.

Before the file leaves, the batch is written down as SENDING. Whoever dies or hears nothing after
that leaves it so, and `find_unsure` asks NetCash whether it has a batch of that name.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from billing.invoices.models import Invoice
from billing.ledger.services import account_states
from ispbill.audit.services import events, trail
from ispbill.core import clock, faults
from ispbill.core.acts import Act
from payments.debits.models import DebitBatch, DebitOrder, DebitPart, Mandate
from payments.debits.rules import debits as rules
from payments.debits.services import notices, submission
from payments.online.gateways.netcash.client import Netcash
from payments.online.gateways.netcash.contract import (
    Batch,
    BatchRow,
    DebitLine,
    Instruction,
    NetcashDown,
    NetcashRefused,
    WrongKey,
)

ARRIVES_WITHIN = timedelta(minutes=30)
"""A batch NetCash does not have so long after it was sent has never arrived."""

State = DebitBatch.State


def send(*, batch: DebitBatch, netcash: Netcash, at: datetime) -> str:
    """Send a planned batch; return its state then. What was paid meanwhile is left out.

    A batch whose day has passed is given up, and its invoices are planned anew. Raises WrongKey,
    NetcashDown when it certainly was not sent (it stays planned).
    """
    if not _day_is_good(batch, netcash, on=clock.local_date(at)):
        return _end(batch, State.ABANDONED, "the action date has passed", at=at)
    orders = _freeze(batch, at=at)
    if not orders:
        return DebitBatch.objects.values_list("state", flat=True).get(pk=batch.pk)
    faults.point("payments.debits.before_upload")
    try:
        token = netcash.upload(_file(batch, orders))
    except NetcashDown as error:
        if error.was_sent:
            return State.SENDING
        _back(batch, at=at)
        raise
    except WrongKey:
        _back(batch, at=at)
        raise
    except NetcashRefused as error:
        return refuse(batch, code=error.code, words=str(error), at=at)
    faults.point("payments.debits.after_upload")
    return note_uploaded(batch, token=token, guid="", at=at)


def find_unsure(*, batch: DebitBatch, rows: Sequence[BatchRow], at: datetime) -> str:
    """Look for a batch that may have arrived among those NetCash has; return its state then."""
    row = next((row for row in rows if row.name == batch.name), None)
    if row is not None:
        return note_uploaded(batch, token="", guid=row.guid, at=at)
    if batch.sent_at is not None and at - batch.sent_at < ARRIVES_WITHIN:
        return State.SENDING
    return _end(batch, State.ABANDONED, "NetCash never got it", at=at)


@transaction.atomic
def note_uploaded(batch: DebitBatch, *, token: str, guid: str, at: datetime) -> str:
    """Write that NetCash has a batch, and tell its customers what will be collected."""
    trail.begin(act=Act(None, at, reason="debit orders sent"))
    orders = _orders(batch)
    account_states.lock([order.customer_id for order in orders])
    batch = DebitBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != State.SENDING:
        return batch.state
    batch.state, batch.token, batch.guid = State.UPLOADED, token[:100], guid[:40]
    batch.save(update_fields=["state", "token", "guid"])
    for order in orders:
        order.state = DebitOrder.State.UPLOADED
        order.save(update_fields=["state"])
        notices.planned(order, at=at)
    events.record(
        act=Act(None, at),
        action="debit_batch.uploaded",
        target=batch,
        after={"orders": batch.orders_count, "amount": batch.total_amount},
    )
    return batch.state


@transaction.atomic
def refuse(batch: DebitBatch, *, code: str, words: str, at: datetime) -> str:
    """Write that NetCash refused a whole batch; its invoices are planned anew."""
    trail.begin(act=Act(None, at, reason="debit batch refused"))
    orders = _orders(batch, *DebitOrder.OPEN)
    account_states.lock([order.customer_id for order in orders])
    batch = DebitBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state not in (State.SENDING, State.UPLOADED):
        return batch.state
    batch.state, batch.upload_code, batch.note = State.FAILED, code[:20], words[:300]
    batch.save(update_fields=["state", "upload_code", "note"])
    drop(orders, reason=words, at=at)
    events.record(act=Act(None, at, reason=words), action="debit_batch.refused", target=batch)
    return batch.state


def drop(orders: Sequence[DebitOrder], *, reason: str, at: datetime) -> None:
    """Write that orders are not carried out; their customers are locked by the caller."""
    DebitOrder.objects.filter(pk__in=[order.pk for order in orders]).update(
        state=DebitOrder.State.DROPPED, reason=reason[:200], ended_at=at
    )


def _day_is_good(batch: DebitBatch, netcash: Netcash, *, on: date) -> bool:
    ahead = rules.TWO_DAY_AHEAD if batch.instruction == Instruction.TWO_DAY.value else 0
    if batch.action_date < rules.business_days_after(on, ahead):
        return False
    instruction = Instruction(batch.instruction)
    return netcash.next_action_date(batch.action_date, instruction) == batch.action_date


@transaction.atomic
def _freeze(batch: DebitBatch, *, at: datetime) -> list[DebitOrder]:
    """Fix what is sent: without what was paid or stopped since it was planned."""
    trail.begin(act=Act(None, at, reason="debit orders about to be sent"))
    planned = _orders(batch, DebitOrder.State.PLANNED)
    account_states.lock([order.customer_id for order in planned])
    batch = DebitBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != State.DRAFT:
        return []
    kept = [
        order for order in _orders(batch, DebitOrder.State.PLANNED) if _is_still_due(order, at=at)
    ]
    if not kept:
        batch.state, batch.note = State.ABANDONED, "nothing left to collect"
        batch.save(update_fields=["state", "note"])
        return []
    sums = DebitOrder.objects.filter(pk__in=[order.pk for order in kept]).aggregate(
        sum=Sum("amount")
    )
    batch.state, batch.sent_at = State.SENDING, at
    batch.orders_count, batch.total_amount = len(kept), sums["sum"]
    batch.save(update_fields=["state", "sent_at", "orders_count", "total_amount"])
    return kept


def _is_still_due(order: DebitOrder, *, at: datetime) -> bool:
    """Bring an order down to what is still open of its invoices; drop it when nothing is."""
    if order.mandate.state != Mandate.State.ACTIVE:
        drop([order], reason="the mandate is not active any more", at=at)
        return False
    parts = list(DebitPart.objects.filter(order=order).order_by("pk"))
    due = dict(
        Invoice.objects.filter(
            pk__in=[part.invoice_id for part in parts], status=Invoice.Status.OPEN
        ).values_list("pk", "amount_due")
    )
    amounts = [min(part.amount, due.get(part.invoice_id, Decimal(0))) for part in parts]
    total = sum(amounts, Decimal(0))
    if total <= 0:
        drop([order], reason="paid otherwise", at=at)
        return False
    for part, amount in zip(parts, amounts, strict=True):
        if amount <= 0:
            part.delete()
        elif amount < part.amount:
            DebitPart.objects.filter(pk=part.pk).update(amount=amount)
    if total != order.amount:
        order.amount = total
        order.save(update_fields=["amount"])
    return True


@transaction.atomic
def _back(batch: DebitBatch, *, at: datetime) -> None:
    """A batch that certainly was not sent is planned again."""
    trail.begin(act=Act(None, at, reason="debit batch was not sent"))
    DebitBatch.objects.filter(pk=batch.pk, state=State.SENDING).update(state=State.DRAFT)


@transaction.atomic
def _end(batch: DebitBatch, state: str, why: str, *, at: datetime) -> str:
    trail.begin(act=Act(None, at, reason="debit batch given up"))
    orders = _orders(batch, DebitOrder.State.PLANNED)
    account_states.lock([order.customer_id for order in orders])
    batch = DebitBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.state not in (State.DRAFT, State.SENDING):
        return batch.state
    batch.state, batch.note = State(state).value, why
    batch.save(update_fields=["state", "note"])
    drop(orders, reason=why, at=at)
    events.record(act=Act(None, at, reason=why), action="debit_batch.abandoned", target=batch)
    return batch.state


def _orders(batch: DebitBatch, *states: str) -> list[DebitOrder]:
    orders = DebitOrder.objects.filter(
        batch=batch, state__in=states or [DebitOrder.State.PLANNED]
    ).select_related("mandate__customer", "mandate__method")
    return list(orders.order_by("customer", "pk"))


def _file(batch: DebitBatch, orders: Sequence[DebitOrder]) -> Batch:
    return Batch(
        name=batch.name,
        instruction=Instruction(batch.instruction),
        action_date=batch.action_date,
        lines=[
            DebitLine(
                account_reference=order.mandate.account_reference,
                name=order.mandate.customer.name,
                amount=order.amount,
                bank=submission.bank_details(order.mandate.method),
                extras=(order.reference, order.mandate.customer.number),
            )
            for order in orders
        ],
    )
