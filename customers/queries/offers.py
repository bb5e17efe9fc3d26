"""The packages on offer to everybody, with the price of the day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from customers.models import Cycle, Package, PackagePrice


@dataclass(frozen=True)
class Offer:
    """A package and what it costs a month, tax included, in the company's currency."""

    package: Package
    price: Decimal


def current(*, on: date) -> list[Offer]:
    """Return the public packages with a monthly price on a company date, cheapest first."""
    price = (
        PackagePrice.objects.filter(
            package=OuterRef("pk"),
            cycle=Cycle.MONTHLY,
            branch=None,
            reseller=None,
            effective_from__lte=on,
        )
        .order_by("-effective_from")
        .values("gross_amount")[:1]
    )
    found = (
        Package.objects.filter(is_public=True, archived_at=None)
        .annotate(price=Subquery(price))
        .filter(price__isnull=False)
        .order_by("price", "pk")
    )
    return [Offer(package=package, price=package.price) for package in found]
