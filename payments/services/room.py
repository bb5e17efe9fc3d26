"""Let go of money an invoice holds, so that it can be credited, and spend it on other invoices.

Both run inside the transaction of the credit note, with the customer's standing locked by it.
"""

from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from billing.models import Invoice
from ispbill.audit.services import events
from ispbill.core.actors import Actor
from payments.models import Allocation, Payment
from payments.services import credit, standing


def release(*, invoice_id: int, amount: Decimal, at: datetime, actor: Actor | None) -> Decimal:
    """Release what pays an invoice, the newest first, until `amount` is free; return how much is.

    A part that is larger than what is missing is released whole and held again for the rest.
    """
    payments = {
        payment.pk: payment
        for payment in Payment.objects.select_for_update(no_key=True)
        .filter(pk__in=_held(invoice_id).values("payment"))
        .order_by("received_at", "pk")
    }
    invoice = Invoice.objects.select_for_update(no_key=True).get(pk=invoice_id)
    free = Decimal(0)
    for held in _held(invoice_id).order_by("-payment__received_at", "-payment_id"):
        if free >= amount:
            break
        let_go = min(held.amount, amount - free)
        Allocation.objects.filter(pk=held.pk).update(released_at=at)
        if let_go < held.amount:
            Allocation.objects.create(
                payment_id=held.payment_id,
                invoice_id=invoice_id,
                customer_id=held.customer_id,
                amount=held.amount - let_go,
                at=at,
            )
        free += let_go
        payment = payments[held.payment_id]
        events.record(
            at=at,
            actor=actor,
            action="payment.released",
            target=payment,
            label=payment.receipt_number or "",
            customer_id=payment.customer_id,
            branch_id=payment.branch_id,
            after={"amount": str(let_go), "invoice": invoice.number},
        )
    return free


def spend(*, customer_id: int, at: datetime, actor: Actor | None) -> None:
    """Let the customer's credit pay what else is open, and bring the standing up to date."""
    credit.spread_locked([customer_id], at=at)
    standing.recompute([customer_id])


def _held(invoice_id: int) -> QuerySet[Allocation]:
    return Allocation.objects.filter(invoice=invoice_id, released_at__isnull=True)
