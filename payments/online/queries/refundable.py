"""How much of a customer's credit may be paid out, and how much the way it came."""

from decimal import Decimal

from django.db.models import F, QuerySet, Sum

from billing.allocation.models import Payment
from payments.online.models import GatewayRefund, PaymentAttempt


def available(customer_id: int, *, of_wallets: bool = False) -> Decimal:
    """Return how much of a customer's money pays nothing."""
    left = with_credit(customer_id, of_wallets=of_wallets).aggregate(
        sum=Sum(F("amount") - F("allocated_amount") - F("refunded_amount"))
    )
    return Decimal(left["sum"] or 0)


def sendable(attempt: PaymentAttempt) -> Decimal:
    """Return how much may still be sent back the way an online payment came."""
    if attempt.state != PaymentAttempt.State.SETTLED or attempt.paid_amount is None:
        return Decimal(0)
    sent = attempt.refunds.exclude(state=GatewayRefund.State.REFUSED).aggregate(sum=Sum("amount"))
    return attempt.paid_amount - Decimal(sent["sum"] or 0)


def with_credit(customer_id: int, *, of_wallets: bool = False) -> QuerySet[Payment]:
    """Return a customer's payments that have money left which pays nothing.

    What a reseller's wallet paid goes back into it and nowhere else (`of_wallets`).
    """
    found = Payment.objects.filter(
        customer=customer_id,
        status=Payment.Status.COMPLETED,
        amount__gt=F("allocated_amount") + F("refunded_amount"),
    )
    if of_wallets:
        return found.filter(method=Payment.Method.RESELLER)
    # Credit that was given is spent on bills.
    return found.exclude(method__in=[Payment.Method.REFERRAL, Payment.Method.RESELLER])
