"""What stands on a receipt."""

from dataclasses import dataclass
from decimal import Decimal

from billing.allocation.models import Allocation, Payment
from ispbill.audit.models import AuditEvent
from ispbill.core import receipt_links


@dataclass(frozen=True)
class Receipt:
    """A payment with what it paid; `credit` is the part that pays later bills."""

    payment: Payment
    paid: list[Allocation]
    credit: Decimal
    is_copy: bool


def receipt(payment: Payment) -> Receipt:
    """Return the receipt of a completed or reversed payment."""
    paid = list(
        Allocation.objects.filter(payment=payment, released_at__isnull=True)
        .select_related("invoice")
        .order_by("invoice__due_date", "invoice_id")
    )
    return Receipt(
        payment=payment,
        paid=paid,
        credit=payment.credit_amount,
        is_copy=AuditEvent.objects.filter(
            target_type="payment", target_id=str(payment.pk), action="receipt.printed"
        ).exists(),
    )


def token_of(payment: Payment) -> str:
    """Return the unguessable word that opens a receipt without signing in."""
    return receipt_links.token(str(payment.receipt_number))


def by_token(token: str) -> Payment | None:
    """Return whose receipt a token opens, or None for one we have not made."""
    return (
        Payment.objects.filter(receipt_number=receipt_links.read(token) or "")
        .select_related("customer", "received_by")
        .first()
    )
