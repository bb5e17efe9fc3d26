"""Let go of money that pays invoices, so that one can be credited or a payment sent back.

All run inside the transaction of the credit note or the refund, with the customer's account state
locked by it; what is free afterwards is spent on other invoices.
"""

from decimal import Decimal

from django.db.models import QuerySet

from billing.allocation.models import Allocation, Payment
from billing.allocation.services import account_state, allocation
from billing.invoices.models import Invoice
from ispbill.audit.services import events
from ispbill.core.acts import Act


def release(*, invoice_id: int, amount: Decimal, act: Act) -> Decimal:
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
        _let_go(held, payments[held.payment_id], invoice, let_go, act=act)
        free += let_go
    return free


def free_payment(*, payment: Payment, amount: Decimal, act: Act) -> None:
    """Let go of what a payment pays, the latest bill first, until `amount` of it is credit.

    The payment is locked. What it does not hold any more is not found: the caller sees by its
    credit afterwards.
    """
    held = Allocation.objects.filter(payment=payment, released_at__isnull=True)
    invoices = {
        invoice.pk: invoice
        for invoice in Invoice.objects.select_for_update(no_key=True)
        .filter(pk__in=held.values("invoice"))
        .order_by("due_date", "pk")
    }
    missing = amount - payment.credit_amount
    for part in held.order_by("-invoice__due_date", "-invoice_id"):
        if missing <= 0:
            break
        let_go = min(part.amount, missing)
        _let_go(part, payment, invoices[part.invoice_id], let_go, act=act)
        missing -= let_go


def spend(*, customer_id: int, act: Act) -> None:
    """Let the customer's credit pay what else is open, and bring the account state up to date."""
    allocation.allocate([customer_id], at=act.at)
    account_state.recompute([customer_id])


def _let_go(
    held: Allocation, payment: Payment, invoice: Invoice, amount: Decimal, *, act: Act
) -> None:
    Allocation.objects.filter(pk=held.pk).update(released_at=act.at)
    if amount < held.amount:
        Allocation.objects.create(
            payment_id=held.payment_id,
            invoice_id=invoice.pk,
            customer_id=held.customer_id,
            amount=held.amount - amount,
            at=act.at,
        )
    events.record(
        act=act,
        action="payment.released",
        target=payment,
        label=payment.receipt_number or "",
        after={"amount": str(amount), "invoice": invoice.number},
    )


def _held(invoice_id: int) -> QuerySet[Allocation]:
    return Allocation.objects.filter(invoice=invoice_id, released_at__isnull=True)
