"""Package changes as lists show them, and the packages a service may change to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from billing.invoices.models import Invoice
from billing.invoices.rules.charging import Terms
from billing.invoices.rules.periods import Cycle
from billing.ledger.rules.tax import tax_line
from billing.pricing.models import PackageChange
from billing.pricing.queries import service_terms, tariffs
from customers.models import Package, Subscription
from customers.queries import directory
from ispbill.accounts.models import User
from ispbill.core.money import Taxed

WAITING = (PackageChange.Status.REQUESTED, PackageChange.Status.STALE)
VIEWS: dict[str, tuple[str, ...]] = {
    "waiting": tuple(WAITING),
    "approved": (PackageChange.Status.APPROVED,),
    "quoted": (PackageChange.Status.QUOTED,),
    "done": (
        PackageChange.Status.APPLIED,
        PackageChange.Status.REJECTED,
        PackageChange.Status.CANCELLED,
    ),
}


@dataclass(frozen=True)
class Offer:
    """A package a service may change to, with what it costs this customer."""

    package: Package
    price: Taxed
    is_dearer: bool


def visible_to(user: User, *, customer_ids: Iterable[int] | None = None) -> QuerySet[PackageChange]:
    """Return the changes a person may see: of the customers in reach."""
    reach = directory.visible_to(user, customer_ids=customer_ids)
    return PackageChange.objects.filter(customer__in=reach)


def listed(changes: QuerySet[PackageChange], view: str) -> QuerySet[PackageChange]:
    """Return one view of the queue: what waits oldest first, what is over newest first."""
    order = ("requested_at", "pk") if view in ("waiting", "approved") else ("-requested_at", "-pk")
    return (
        changes.filter(status__in=VIEWS[view])
        .select_related(
            "customer", "subscription", "package_from", "package_to", "requested_by", "invoice"
        )
        .order_by(*order)
    )


def counts(changes: QuerySet[PackageChange]) -> dict[str, int]:
    """Return how many changes each view has."""
    found: dict[str, int] = changes.aggregate(
        **{view: Count("pk", filter=Q(status__in=statuses)) for view, statuses in VIEWS.items()}
    )
    return found


def offers(subscription: Subscription, *, on: date, is_public_only: bool) -> list[Offer]:
    """Return the packages of the same kind of line that have a price today, cheapest first."""
    packages = Package.objects.filter(archived_at__isnull=True).exclude(pk=subscription.package_id)
    packages = packages.filter(technology=subscription.package.technology)
    if is_public_only:
        packages = packages.filter(is_public=True)
    cycle = Cycle(subscription.cycle.lower())
    own = service_terms.own_price(subscription)
    exempt = subscription.customer.is_tax_exempt
    found = []
    for package in packages.order_by("download_mbps", "name", "pk"):
        price = service_terms.list_price(
            customer=subscription.customer, package=package, cycle=cycle, on=on
        )
        if price is None:
            continue
        terms = Terms(
            tax_rate=tariffs.tax_rate(package.tax_class_id, on),
            includes_tax=price.gross is not None,
            is_exempt=exempt,
        )
        taxed = tax_line(
            price.amount, terms.tax_rate, inclusive=terms.includes_tax, exempt=terms.is_exempt
        )
        found.append(Offer(package, taxed, price.net > own.net))
    return sorted(found, key=lambda offer: offer.price.gross)


def services_of(customer_ids: Iterable[int]) -> QuerySet[Subscription]:
    """Return the living services of these customers, with package and customer."""
    return (
        Subscription.objects.filter(customer__in=customer_ids)
        .exclude(status=Subscription.Status.CANCELLED)
        .select_related("customer__account_state", "package")
        .order_by("customer", "line_no")
    )


def overdue(customer_id: int, *, on: date) -> Decimal:
    """Return what is overdue of a customer's bills; it is to be paid before anything new."""
    amounts = Invoice.objects.filter(
        customer=customer_id, status=Invoice.Status.OPEN, amount_due__gt=0, due_date__lt=on
    ).values_list("amount_due", flat=True)
    return sum(amounts, start=Decimal(0))


def of_invoice(invoice: Invoice) -> int | None:
    """Return the package change (id) an invoice bills, for the page that explains it."""
    if invoice.kind != Invoice.Kind.CHANGE:
        return None
    changes = PackageChange.objects.filter(invoice=invoice, customer=invoice.customer_id)
    return changes.values_list("pk", flat=True).first()


def open_change(subscription: Subscription) -> PackageChange | None:
    """Return the request of a service that waits for somebody or for its day."""
    return PackageChange.objects.filter(
        subscription=subscription, status__in=PackageChange.OPEN
    ).first()
