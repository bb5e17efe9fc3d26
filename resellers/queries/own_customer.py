"""One own customer as its reseller sees it: services, open bills, last payments; nothing inner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from heapq import nlargest
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from billing.allocation.models import Payment
from billing.invoices.models import Invoice, Schedule
from billing.pricing.models import Discount
from customers.models import Customer, Subscription
from resellers.models import WalletRenewal
from tickets.models import Ticket
from tickets.queries import tickets

SHOWN = 10
HAPPENED = 20
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Happening:
    """One thing that happened to a customer: a bill, a payment, or a ticket."""

    at: datetime
    bill: Invoice | None = None
    payment: Payment | None = None
    ticket: Ticket | None = None


@dataclass(frozen=True)
class Service:
    """A service with its price (net, company's currency) and when its prepaid time is over."""

    subscription: Subscription
    expires_on: date | None
    from_wallet: bool
    discounts: list[Discount]

    @property
    def is_prepaid(self) -> bool:
        return self.subscription.mode == Subscription.Mode.PREPAID

    @property
    def price(self) -> Decimal:
        return self.subscription.price_amount


def services(customer: Customer, *, on: date) -> list[Service]:
    """Return the services that are not ended, by number."""
    rows = list(
        Subscription.objects.filter(customer=customer)
        .exclude(status=Subscription.Status.CANCELLED)
        .select_related("package")
        .order_by("line_no")
    )
    until = dict(
        Schedule.objects.filter(subscription__in=rows).values_list("subscription", "billed_until")
    )
    chosen = set(
        WalletRenewal.objects.filter(
            subscription__in=rows, reseller=customer.reseller_id
        ).values_list("subscription", flat=True)
    )
    discounts = discounts_of(rows, on=on)
    return [
        Service(
            one,
            until.get(one.pk) if one.mode == Subscription.Mode.PREPAID else None,
            one.pk in chosen,
            [given for given in discounts if given.subscription_id == one.pk],
        )
        for one in rows
    ]


def discounts_of(services: Sequence[Subscription], *, on: date) -> list[Discount]:
    """Return the discounts of services that are not over on a company date."""
    lasting = Q(span__upper_inf=True) | Q(span__endswith__gt=on)
    rows = Discount.objects.filter(lasting, subscription__in=services)
    return list(rows.order_by("pk"))


def open_bills(customer: Customer) -> list[Invoice]:
    """Return what is still to be paid, the oldest first."""
    rows = Invoice.objects.filter(
        customer=customer, status=Invoice.Status.OPEN, amount_due__gt=0
    ).order_by("due_date", "pk")
    return list(rows[:SHOWN])


def payments(customer: Customer) -> list[Payment]:
    """Return the last payments that stand, the newest first."""
    rows = Payment.objects.filter(customer=customer, status=Payment.Status.COMPLETED)
    return list(rows.order_by("-pk")[:SHOWN])


def happened(customer: Customer) -> list[Happening]:
    """Return bills, payments and tickets in one line, the newest first; no inner notes."""
    bills = Invoice.objects.filter(customer=customer).exclude(status=Invoice.Status.DRAFT)
    paid = Payment.objects.filter(customer=customer)
    asked = tickets.own([customer.pk])
    found = [
        *(Happening(one.issued_at, bill=one) for one in _newest(bills) if one.issued_at),
        *(Happening(one.received_at, payment=one) for one in _newest(paid)),
        *(Happening(one.opened_at, ticket=one) for one in _newest(asked)),
    ]
    return nlargest(HAPPENED, found, key=lambda one: one.at)


def _newest(rows: QuerySet[Row]) -> QuerySet[Row]:
    return rows.order_by("-pk")[:HAPPENED]
