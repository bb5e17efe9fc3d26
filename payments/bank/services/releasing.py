"""A payment was reversed: the line of a statement it stood for is nobody's again."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from billing.allocation.models import Payment
from billing.ledger.services import account_states
from ispbill.audit.services import trail
from ispbill.core.acts import Act
from payments.bank.models import StatementPart
from payments.bank.services import booking


def let_go(*, payment: Payment, act: Act) -> None:
    """Free the line a reversed payment was matched to (part of the reversal)."""
    part = StatementPart.objects.filter(payment=payment, undone_at__isnull=True).first()
    if part is None:
        return
    line = booking.lock(part.line_id)
    part.refresh_from_db(fields=["undone_at"])
    if part.undone_at is None:
        booking.take_back(part, line, act=act)


def free(payment_ids: Collection[int] | None = None, *, at: datetime) -> int:
    """Free the lines of reversed payments (of all, without ids); return how many payments' were.

    Gateways and debit orders reverse payments on floors that know of no statements: their lines
    follow, each in a transaction of its own. Twice is once.
    """
    held = StatementPart.objects.filter(
        payment__status=Payment.Status.REVERSED, undone_at__isnull=True
    )
    if payment_ids is not None:
        held = held.filter(payment__in=payment_ids)
    reversed_ones = list(
        Payment.objects.select_related("reversed_by")
        .filter(pk__in=held.values("payment"))
        .order_by("pk")
    )
    for payment in reversed_ones:
        _free(payment, at=at)
    return len(reversed_ones)


@transaction.atomic
def _free(payment: Payment, *, at: datetime) -> None:
    act = Act(payment.reversed_by, at, reason=payment.reversal_reason)
    trail.begin(act=act)
    account_states.lock([payment.customer_id])
    let_go(payment=payment, act=act)
