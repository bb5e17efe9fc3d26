"""A customer's own payments, as the portal shows them; read as the portal role."""

from billing.allocation.models import Payment
from customers.models import Customer

PER_PAGE = 12


def page(
    customer: Customer, *, before: int | None = None, size: int = PER_PAGE
) -> tuple[list[Payment], int | None]:
    """Return a page of payments with a receipt, newest first, and the next page's cursor."""
    found = Payment.objects.filter(customer=customer).exclude(receipt_number=None)
    if before is not None:
        found = found.filter(pk__lt=before)
    page = list(found.order_by("-pk")[: size + 1])
    return page[:size], page[size - 1].pk if len(page) > size else None
