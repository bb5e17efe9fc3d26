"""A customer's bills and payments, as the page of one customer draws them: in two statements."""

from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import Coalesce

from billing.allocation.models import Payment
from billing.allocation.queries import paid_with
from billing.dunning.queries import ladder_place
from billing.invoices.models import Invoice
from customers.models import Customer
from customers.rules.picture import MONTHS, Bill, Money, PaidWith
from ispbill.core.money import ZERO

_KINDS = Invoice.Kind
PERIODIC = frozenset({_KINDS.RECURRING, _KINDS.FIRST, _KINDS.FINAL})
_LIVE = Q(allocations__released_at__isnull=True)


def money(customer: Customer, on: date) -> Money:
    """Return a customer's bills of twelve months and older unpaid ones, and what was ever paid."""
    found = bills(customer.pk, since=on - timedelta(days=31 * MONTHS))
    return Money(found, paid(customer.pk, year=on.year), _closes_on(customer, found, on=on))


def bills(customer_id: int, *, since: date) -> list[Bill]:
    """Return the issued bills due since a day, and those still open, the oldest first."""
    rows = (
        Invoice.objects.filter(customer=customer_id, status=Invoice.Status.OPEN)
        .filter(Q(due_date__gte=since) | Q(amount_due__gt=0))
        .annotate(settled_on=Max("allocations__payment__posted_on", filter=_LIVE))
        .order_by("due_date", "pk")
    )
    return [
        Bill(
            pk=row.pk,
            number=row.number or "",
            due_date=row.due_date,
            issued_on=row.issued_on or row.due_date,
            total=row.total_amount,
            due_amount=row.amount_due,
            settled_on=row.settled_on,
            is_credited=row.is_credited,
            is_periodic=row.kind in PERIODIC,
        )
        for row in rows
    ]


def paid(customer_id: int, *, year: int) -> list[PaidWith]:
    """Return what a customer has paid in each way, what brought most first."""
    rows = (
        Payment.objects.filter(customer=customer_id, status=Payment.Status.COMPLETED)
        .values("method")
        .annotate(
            count=Count("pk"),
            total=Sum("amount"),
            this_year=Coalesce(Sum("amount", filter=Q(posted_on__year=year)), ZERO),
            last_at=Max("received_at"),
        )
        .order_by("-total")
    )
    return [
        PaidWith(
            way=paid_with.words(row["method"]),
            count=row["count"],
            total=row["total"],
            this_year=row["this_year"] or Decimal(0),
            last_at=row["last_at"],
        )
        for row in rows
    ]


def _closes_on(customer: Customer, found: list[Bill], *, on: date) -> date | None:
    """Return the day the line is cut off for debt, asked only about who is late and on."""
    unpaid = [bill for bill in found if bill.due_amount > 0]
    is_late = bool(unpaid) and unpaid[0].due_date < on
    if not is_late or customer.status != Customer.Status.ACTIVE or customer.is_never_suspended:
        return None
    open_bills = [
        (bill.pk, bill.number, bill.due_date, bill.due_amount, bill.issued_on) for bill in unpaid
    ]
    day = ladder_place.decided(customer, on=on, unpaid=open_bills).suspends_on
    return max(day, on) if day is not None else None
