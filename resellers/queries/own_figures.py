"""A reseller's own customers: how many, what is due, what came in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum

from billing.allocation.models import Payment
from billing.invoices.models import Invoice
from customers.models import Customer


@dataclass(frozen=True)
class Figures:
    """Counts of customers, and sums in the company's currency."""

    active: int
    suspended: int
    due_today_count: int
    due_today: Decimal
    overdue: Decimal
    collected: Decimal


def figures(customer_ids: Iterable[int], *, on: date) -> Figures:
    """Return the figures of a company date; collected since the first of its month."""
    own = Customer.objects.filter(pk__in=customer_ids)
    counts = own.aggregate(
        active=Count("pk", filter=Q(status=Customer.Status.ACTIVE)),
        suspended=Count("pk", filter=Q(status=Customer.Status.SUSPENDED)),
    )
    open_bills = Invoice.objects.filter(
        customer_id__in=customer_ids, status=Invoice.Status.OPEN, amount_due__gt=0
    ).aggregate(
        due_count=Count("pk", filter=Q(due_date=on)),
        due=Sum("amount_due", filter=Q(due_date=on)),
        overdue=Sum("amount_due", filter=Q(due_date__lt=on)),
    )
    collected = Payment.objects.filter(
        customer_id__in=customer_ids,
        status=Payment.Status.COMPLETED,
        posted_on__range=(on.replace(day=1), on),
    ).aggregate(sum=Sum("amount"))["sum"]
    return Figures(
        active=counts["active"],
        suspended=counts["suspended"],
        due_today_count=open_bills["due_count"],
        due_today=open_bills["due"] or Decimal(0),
        overdue=open_bills["overdue"] or Decimal(0),
        collected=collected or Decimal(0),
    )
