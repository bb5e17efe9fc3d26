"""What a statement line means for an order: a payment, or a payment taken back.

Each line is followed in one transaction with the customer's account locked, so that the payment,
the order and the line change together or not at all. A second import, a second worker or a death
in between finds either everything or nothing.
"""

from datetime import datetime
from itertools import takewhile

from django.db import transaction
from django.utils.translation import gettext as _

from billing.models import Invoice
from billing.rules.chart import Chart
from billing.services import standings
from ispbill.audit.services import events, trail
from ispbill.core import faults
from ispbill.core.errors import DomainError
from ispbill.core.marking import gettext_noop
from payments.gateways.netcash import codes
from payments.models import (
    DebitOrder,
    DebitPart,
    DebitSettings,
    DebitStatementLine,
    Mandate,
    Payment,
)
from payments.rules import debits as rules
from payments.services import reversal, settlement
from payments.services.debits import fees, mandates, paid_out, telling

Outcome = DebitStatementLine.Outcome
State = DebitOrder.State
NOT_OURS = "no debit order of ours"
NOT_BOOKED = gettext_noop("Nothing is booked for lines of this kind: book it by hand.")


def follow(*, line: DebitStatementLine, at: datetime) -> str:
    """Do what a line asks for, once; return the line's outcome then."""
    if line.code in codes.FEES:
        return fees.book(line=line, at=at)
    if line.code not in codes.COLLECTED | codes.UNPAID:
        return _other(line, at=at)
    order = DebitOrder.objects.filter(reference=line.reference).first()
    if order is None or not line.reference:
        return note(line, Outcome.HELD, NOT_OURS)
    try:
        if line.code in codes.COLLECTED:
            return _collected(line, order, at=at)
        return _returned(line, order, at=at)
    except DomainError as refusal:
        return note(line, Outcome.HELD, str(refusal), order=order)


def _other(line: DebitStatementLine, *, at: datetime) -> str:
    """Book a payout; hold every other money that moved, or the account never comes to zero."""
    if line.code in codes.BALANCES or not line.effect_amount:
        return note(line, Outcome.NOTED)
    if line.code not in codes.PAID_OUT:
        return note(line, Outcome.HELD, _(NOT_BOOKED))
    try:
        return paid_out.book(line=line, at=at)
    except paid_out.NotBookable as refusal:
        return note(line, Outcome.HELD, str(refusal))


@transaction.atomic
def note(
    line: DebitStatementLine, outcome: str, words: str = "", order: DebitOrder | None = None
) -> str:
    """Write what became of a line."""
    fields = ["outcome", "note"]
    line.outcome, line.note = Outcome(outcome).value, words[:200]
    if order is not None:
        line.order, fields = order, [*fields, "order"]
    line.save(update_fields=fields)
    return line.outcome


@transaction.atomic
def _collected(line: DebitStatementLine, order: DebitOrder, *, at: datetime) -> str:
    trail.begin(actor=None, at=at, reason=f"debit order {order.reference} collected")
    line, order = _locked(line, order)
    if line.outcome not in (Outcome.NEW, Outcome.HELD):
        return line.outcome
    if order.payment_id is not None:
        return note(line, Outcome.HELD, _("Collected twice: pay it back."), order=order)
    if order.state in (State.UNPAID, State.DISPUTED):
        return note(line, Outcome.HELD, _("Collected after it was returned."), order=order)
    if line.effect_amount != order.amount:
        return note(line, Outcome.HELD, _("The amount is not that of the order."), order=order)
    invoice_ids = DebitPart.objects.filter(order=order).values("invoice")
    open_ones = Invoice.objects.filter(
        pk__in=invoice_ids, status=Invoice.Status.OPEN, amount_due__gt=0
    )
    settled = settlement.settle(
        customer=order.customer,
        amount=order.amount,
        method=Payment.Method.DEBIT_ORDER,
        received_by=None,
        received_at=at,
        idempotency_key=f"debit-order-{order.pk}",
        actor=None,
        reference=line.transaction_id,
        note=order.reference,
        invoices=list(open_ones.order_by("due_date", "pk")),
        is_repeat_confirmed=True,
        into=Chart.NETCASH_CLEARING,
    )
    trail.begin(actor=None, at=at, reason=f"debit order {order.reference} collected")
    order.payment, order.state, order.ended_at = settled.payment, State.COLLECTED, at
    order.reason = order.reason_code = ""
    order.save(update_fields=["payment", "state", "ended_at", "reason", "reason_code"])
    Mandate.objects.filter(pk=order.mandate_id).update(failures=0)
    _record("debit_order.collected", order, at=at)
    faults.point("payments.debits.before_collected")
    return note(line, Outcome.SETTLED, order=order)


@transaction.atomic
def _returned(line: DebitStatementLine, order: DebitOrder, *, at: datetime) -> str:
    reason = codes.unpaid_line(line.code, line.reason_code)
    words = f"debit order returned by the bank: {reason.code or '?'} {reason.words}"
    trail.begin(actor=None, at=at, reason=words)
    line, order = _locked(line, order)
    if line.outcome not in (Outcome.NEW, Outcome.HELD):
        return line.outcome
    if order.state in (State.UNPAID, State.DISPUTED):
        return note(line, Outcome.NOTED, _("Known already."), order=order)
    if abs(line.effect_amount) != order.amount:
        return note(line, Outcome.HELD, _("The amount is not that of the order."), order=order)
    if order.state not in (State.UPLOADED, State.ACCEPTED, State.COLLECTED):
        return note(line, Outcome.NOTED, _("It was never carried out."), order=order)
    if order.payment is not None and not order.payment.is_reversed:
        reversal.reverse(payment=order.payment, reason=words, actor=None, at=at, is_told=False)
        trail.begin(actor=None, at=at, reason=words)
    _end(order, reason, at=at)
    faults.point("payments.debits.before_returned")
    return note(line, Outcome.RETURNED, order=order)


def _end(order: DebitOrder, reason: codes.UnpaidReason, *, at: datetime) -> None:
    """Write how an order failed, let the policy decide about its mandate, tell the customer."""
    choices = DebitSettings.current()
    mandate = order.mandate
    verdict = rules.after_failure(
        code=reason.code,
        then=rules.Then(reason.then.value),
        failed_before=_failed_before(order),
        most_failures=choices.most_failures,
    )
    order.state = State.DISPUTED if reason.is_dispute else State.UNPAID
    order.reason_code, order.reason = reason.code or "?", reason.words
    order.is_retried = verdict.is_retried and mandate.state == Mandate.State.ACTIVE
    order.ended_at = at
    order.save(update_fields=["state", "reason_code", "reason", "is_retried", "ended_at"])
    mandate.failures = verdict.failures
    mandate.save(update_fields=["failures"])
    if verdict.is_stopped and mandate.state == Mandate.State.ACTIVE:
        why = f"{reason.code} {reason.words}".strip()
        mandates.stop(mandate, need=verdict.need, reason=why, at=at, actor=None)
    _record("debit_order.failed", order, at=at)
    telling.failed(order, most=choices.most_failures, at=at)


def _failed_before(order: DebitOrder) -> list[str]:
    """Return the codes of the debits that failed just before this one, the latest first.

    Each debit looks collected for some days before the bank returns it, so the row is read from
    how the earlier ones ended, not counted as lines come.
    """
    earlier = DebitOrder.objects.filter(mandate=order.mandate_id, pk__lt=order.pk).exclude(
        state__in=[State.DROPPED, State.REJECTED]
    )
    if order.mandate.resumed_at is not None:
        earlier = earlier.filter(created_at__gt=order.mandate.resumed_at)
    ended = earlier.order_by("-pk").values_list("state", "reason_code")
    failed = takewhile(lambda row: row[0] in (State.UNPAID, State.DISPUTED), ended)
    return [code for _state, code in failed]


def _locked(line: DebitStatementLine, order: DebitOrder) -> tuple[DebitStatementLine, DebitOrder]:
    """Lock the account first, then the order with its mandate, then the line."""
    standings.lock([order.customer_id])
    mandate = mandates.locked(order.mandate)
    order = DebitOrder.objects.select_for_update(of=("self",)).select_related(
        "customer", "payment"
    ).get(pk=order.pk)  # fmt: skip
    order.mandate = mandate
    return DebitStatementLine.objects.select_for_update().get(pk=line.pk), order


def _record(action: str, order: DebitOrder, *, at: datetime) -> None:
    events.record(
        at=at, actor=None, action=action, target=order, label=order.reference,
        customer_id=order.customer_id, branch_id=order.mandate.customer.branch_id,
        reason=order.reason,
        after={"state": order.state, "amount": order.amount, "code": order.reason_code,
               "again": order.is_retried},
    )  # fmt: skip
