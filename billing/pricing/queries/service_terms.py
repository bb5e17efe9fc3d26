"""What a package would be charged a customer by: list price and terms. Reads only."""

from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing.invoices.rules.charging import Terms
from billing.invoices.rules.periods import Cycle
from billing.invoices.rules.proration import Policy
from billing.pricing.models import PackageChange
from billing.pricing.queries import tariffs
from customers.models import Customer, Package, Subscription
from customers.queries import prices
from ispbill.core.models import Company


@dataclass(frozen=True)
class Price:
    """What a period costs: net, and gross when the price was agreed with its tax."""

    net: Decimal
    gross: Decimal | None = None

    @property
    def amount(self) -> Decimal:
        """What is split and discounted."""
        return self.net if self.gross is None else self.gross

    @property
    def tariff(self) -> tariffs.Price:
        return tariffs.Price(self.amount, includes_tax=self.gross is not None)


def list_price(*, customer: Customer, package: Package, cycle: Cycle, on: date) -> Price | None:
    """Return what a package costs a customer per cycle on a company date, or None."""
    row = prices.for_customer(customer=customer, package=package, cycle=cycle.name, on=on)
    if row is None:
        return None
    return Price(row.net_amount, row.gross_amount if row.includes_tax else None)


def own_price(subscription: Subscription) -> Price:
    """Return the price frozen on a service."""
    return Price(subscription.price_amount, subscription.gross_amount)


def terms(*, customer: Customer, package: Package, price: Price, cycle: Cycle, on: date) -> Terms:
    """Return how a package is charged to a customer on the company date of a bill."""
    return Terms(
        tax_rate=tariffs.tax_rate(package.tax_class_id, on),
        includes_tax=price.gross is not None,
        is_exempt=customer.is_tax_exempt,
        months=cycle.months,
    )


def as_if(subscription: Subscription, package: Package, price: Price) -> Subscription:
    """Return an unsaved likeness of a service that has another package."""
    likeness = copy(subscription)
    likeness.package = package
    likeness.price_amount, likeness.gross_amount = price.net, price.gross
    return likeness


def on_day(subscription: Subscription, day: date) -> Subscription:
    """Return the service as a period that starts on `day` is billed: after an approved change."""
    change = (
        PackageChange.objects.filter(
            subscription=subscription, status=PackageChange.Status.APPROVED, effective_on__lte=day
        )
        .select_related("package_to")
        .first()
    )
    if change is None:
        return subscription
    return as_if(subscription, change.package_to, Price(change.price_amount, change.gross_amount))


def policy() -> Policy:
    """Return the company's proration policy."""
    return Policy(Company.current().proration.lower())
