"""What it costs a customer that something of theirs waits: the line is off, or will be soon."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    DateField,
    Exists,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)

from customers.models import AccountState, Suspension
from ispbill.core import clock
from ispbill.inbox.queries.sources import Urgency

_NEAR = timedelta(days=3)
_FOR_MONEY = (Suspension.Kind.NON_PAYMENT, Suspension.Kind.PREPAID)


def ranked(
    found: QuerySet[Any], *, at: datetime, since: str, customer: str = "customer"
) -> QuerySet[Any]:
    """Return rows with `urgency`, `is_off` and `due_on` of their customer, the most urgent first.

    `since` is the column they wait from, `customer` the column that names whose they are.
    """
    off = Suspension.objects.filter(
        customer=OuterRef(customer), ended_at__isnull=True, kind__in=_FOR_MONEY
    )
    owing = AccountState.objects.filter(customer=OuterRef(customer), balance_amount__gt=0)
    near = clock.local_date(at) + _NEAR
    cost = Case(
        When(is_off=True, then=Value(int(Urgency.CUSTOMER_OFF))),
        When(due_on__lte=near, then=Value(int(Urgency.DAY_NEAR))),
        default=Value(int(Urgency.WAITS)),
        output_field=IntegerField(),
    )
    due_on = Subquery(owing.values("oldest_due_date")[:1], output_field=DateField())
    rows: QuerySet[Any] = found.annotate(is_off=Exists(off), due_on=due_on)
    rows = rows.annotate(urgency=cost)
    return rows.order_by("urgency", since, "pk")
