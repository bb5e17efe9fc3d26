"""How a reseller's business goes: month by month, and how old what is owed is (R-07)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, Count, DateField, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from billing.invoices.models import Invoice
from customers.models import Customer
from customers.rules.picture import month_before
from ispbill.core import clock
from resellers.models import Commission, Reseller

ZERO = Decimal("0.00")
AGES = ((None, 0), (1, 30), (31, 60), (61, 90), (91, None))  # days past due


@dataclass(frozen=True)
class Month:
    """A company month: customers who joined, what was billed and came in, and the share of it.

    Amounts in the company's currency. What came in is counted for who had the customer that day;
    customers and bills are those of today's customers.
    """

    first: date
    joined: int
    billed: Decimal
    collected: Decimal
    earned: Decimal


@dataclass(frozen=True)
class Age:
    """What is owed for so many days past its due date; `first` None: not due yet."""

    first: int | None
    last: int | None
    amount: Decimal
    bills: int


def months(
    reseller: Reseller, customer_ids: Iterable[int], *, on: date, count: int = 6
) -> list[Month]:
    """Return the last months of a reseller, the newest first, that of `on` among them."""
    firsts = [month_before(on, back) for back in range(count)]
    since = firsts[-1]
    shares = _by_month(
        Commission.objects.filter(reseller=reseller, earned_on__gte=since, payment__isnull=False),
        "earned_on",
        collected=Sum("payment__amount", filter=Q(payment__status="COMPLETED")),
        earned=Sum(F("amount") - F("clawed_back_amount")),
    )
    bills = _by_month(
        Invoice.objects.filter(
            customer_id__in=customer_ids, issued_on__gte=since, status=Invoice.Status.OPEN
        ),
        "issued_on",
        billed=Sum("total_amount"),
    )
    people = _by_month(
        Customer.objects.filter(pk__in=customer_ids, created_at__gte=clock.midnight(since)),
        "created_at",
        joined=Count("pk"),
    )
    return [
        Month(
            first,
            people.get(first, {}).get("joined", 0),
            bills.get(first, {}).get("billed") or ZERO,
            shares.get(first, {}).get("collected") or ZERO,
            shares.get(first, {}).get("earned") or ZERO,
        )
        for first in firsts
    ]


def ages(customer_ids: Iterable[int], *, on: date) -> list[Age]:
    """Return what is owed of open bills by age, not due first."""
    sums: dict[str, Aggregate] = {}
    for place, (first, last) in enumerate(AGES):
        within = Q() if last is None else Q(due_date__gte=on - timedelta(days=last))
        if first is not None:
            within &= Q(due_date__lte=on - timedelta(days=first))
        sums[f"amount_{place}"] = Sum("amount_due", filter=within)
        sums[f"bills_{place}"] = Count("pk", filter=within)
    found = Invoice.objects.filter(
        customer_id__in=customer_ids, status=Invoice.Status.OPEN, amount_due__gt=0
    ).aggregate(**sums)
    return [
        Age(first, last, found[f"amount_{place}"] or ZERO, found[f"bills_{place}"])
        for place, (first, last) in enumerate(AGES)
    ]


def _by_month(rows: QuerySet[Any], field: str, **sums: Aggregate) -> dict[date, dict[str, Any]]:
    zone = {"tzinfo": clock.zone()} if field.endswith("_at") else {}
    month = TruncMonth(field, output_field=DateField(), **zone)
    return {one["of"]: one for one in rows.annotate(of=month).values("of").annotate(**sums)}
