"""What a page about prepaid time shows of one customer: the credit, each service, what it takes."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from billing.prepaid.models import RenewalChoice
from billing.prepaid.queries import prepaid as facts
from billing.prepaid.services import renewal
from billing.prepaid.services.renewal import Quote
from customers.models import AccountState, Customer, Subscription
from ispbill.core import clock
from ispbill.core.errors import DomainError


@dataclass(frozen=True)
class Line:
    """A prepaid service: `expires_on` is the first day that is not paid."""

    service: Subscription
    days_left: int
    renews_itself: bool
    quote: Quote | None
    """What one more period takes now; None while it is paused for another reason."""

    @property
    def is_over(self) -> bool:
        return self.days_left <= 0


@dataclass(frozen=True)
class Wallet:
    """A customer's credit (never below zero here) and debt, and the prepaid services."""

    credit: Decimal
    debt: Decimal
    lines: list[Line]


def wallet(*, customer: Customer, at: datetime) -> Wallet:
    """Return what the page shows; quotes are worked out by doing and undoing the renewal."""
    balance = AccountState.objects.values_list("balance_amount", flat=True).get(customer=customer)
    services = list(
        facts.services()
        .filter(customer=customer)
        .select_related("package", "schedule", "customer")
        .order_by("schedule__billed_until", "pk")
    )
    off = set(
        RenewalChoice.objects.filter(subscription__in=services, is_on=False).values_list(
            "subscription_id", flat=True
        )
    )
    on = clock.local_date(at)
    lines = [
        Line(
            service=service,
            days_left=(service.schedule.billed_until - on).days,
            renews_itself=service.pk not in off,
            quote=_quote(service, at=at),
        )
        for service in services
        if service.schedule.billed_until is not None
    ]
    return Wallet(max(-balance, Decimal(0)), max(balance, Decimal(0)), lines)


def _quote(service: Subscription, *, at: datetime) -> Quote | None:
    try:
        return renewal.quote(subscription=service, at=at)
    except DomainError:
        return None
