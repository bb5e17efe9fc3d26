"""What a statement line means for an order: a payment, or a payment reversed.

Lines are followed in one transaction with their customers' accounts locked (what was collected by
the hundred, what came back each alone), so that payments, orders and lines change together or not
at all. A second import, a second worker or a death in between finds either everything or nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby, takewhile

from django.db import transaction
from django.utils.translation import gettext as _

from billing.ledger.services import account_states
from billing.receivables.services import reversal
from ispbill.audit.services import events, trail
from ispbill.core import faults
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.marking import gettext_noop
from payments.debits.models import DebitOrder, DebitSettings, DebitStatementLine, Mandate
from payments.debits.rules import debits as rules
from payments.debits.services import collecting, fees, mandates, notices, payouts
from payments.debits.services.collecting import NOT_OURS
from payments.debits.services.noting import note
from payments.online.gateways.netcash import codes

Outcome = DebitStatementLine.Outcome
State = DebitOrder.State
NOT_BOOKED = gettext_noop("Nothing is booked for lines of this kind: book it by hand.")


def follow_all(*, lines: Sequence[DebitStatementLine], at: datetime) -> list[str]:
    """Do what lines ask for, in their order; return the outcome of each then.

    Debits that were collected come by the hundred: what follows one another is settled together.
    """
    outcomes: list[str] = []
    for is_collected, group in groupby(lines, key=lambda line: line.code in codes.COLLECTED):
        if is_collected:
            outcomes += collecting.settle_lines(list(group), at=at)
        else:
            outcomes += [follow(line=line, at=at) for line in group]
    return outcomes


def follow(*, line: DebitStatementLine, at: datetime) -> str:
    """Do what a line asks for, once; return the line's outcome then."""
    if line.code in codes.COLLECTED:
        return collecting.settle_lines([line], at=at)[0]
    if line.code in codes.FEES:
        return fees.book(line=line, at=at)
    if line.code not in codes.UNPAID:
        return _other(line, at=at)
    order = DebitOrder.objects.filter(reference=line.reference).first()
    if order is None or not line.reference:
        return note(line, Outcome.HELD, NOT_OURS)
    try:
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
        return payouts.book(line=line, at=at)
    except payouts.NotBookable as refusal:
        return note(line, Outcome.HELD, str(refusal))


@transaction.atomic
def _returned(line: DebitStatementLine, order: DebitOrder, *, at: datetime) -> str:
    reason = codes.unpaid_line(line.code, line.reason_code)
    words = f"debit order returned by the bank: {reason.code or '?'} {reason.words}"
    trail.begin(act=Act(None, at, reason=words))
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
        reversal.reverse(payment=order.payment, act=Act(None, at, reason=words), is_told=False)
        trail.begin(act=Act(None, at, reason=words))
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
        mandates.stop(mandate, need=verdict.need, act=Act(None, at, reason=why))
    _record("debit_order.failed", order, at=at)
    notices.failed(order, most=choices.most_failures, at=at)


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
    account_states.lock([order.customer_id])
    mandate = mandates.locked(order.mandate)
    order = (
        DebitOrder.objects.select_for_update(of=("self",))
        .select_related("customer", "payment")
        .get(pk=order.pk)
    )
    order.mandate = mandate
    return DebitStatementLine.objects.select_for_update().get(pk=line.pk), order


def _record(action: str, order: DebitOrder, *, at: datetime) -> None:
    events.record(
        act=Act(None, at, reason=order.reason),
        action=action,
        target=order,
        branch_id=order.mandate.customer.branch_id,
        after={
            "state": order.state,
            "amount": order.amount,
            "code": order.reason_code,
            "again": order.is_retried,
        },
    )
