"""Template tags of the counter."""

from django import template

from billing.allocation.models import Payment
from billing.allocation.queries import paid_with as ways
from customers.models import Customer
from ispbill.core import clock, receipt_links
from payments.online.models import PaymentAttempt
from payments.online.queries import under_way

register = template.Library()


@register.filter
def receipt_address(number: str) -> str:
    """Return the address of a receipt that opens without signing in."""
    return receipt_links.url(number)


@register.inclusion_tag("payments/online/staff/_under_way.html")
def online_under_way(customer: Customer) -> dict[str, object]:
    """Say what a customer is paying online just now; nothing when there is nothing."""
    return {"going": under_way.of_customer(customer.pk, at=clock.now())}


@register.filter
def paid_with(paid: Payment | PaymentAttempt) -> str:
    """Name how a payment was made; "" for an attempt that was not paid."""
    if isinstance(paid, PaymentAttempt):
        return ways.words(paid.method, paid.instrument)
    return ways.of(paid)


@register.filter
def sentence(words: str) -> str:
    """Return a gateway's words when they are a sentence for people, "" for a mere code."""
    is_sentence = " " in words.strip() and any(sign.islower() for sign in words)
    return words if is_sentence and "_" not in words else ""
