"""The packages on offer to everybody, with the price of the day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from customers.models import Cycle, Package, PackagePrice
from customers.queries import prices


@dataclass(frozen=True)
class Offer:
    """A package and what it costs a month, tax included, in the company's currency."""

    package: Package
    price: Decimal


def current(*, on: date, branch_id: int | None = None) -> list[Offer]:
    """Return the public packages with a monthly price on a company date, cheapest first.

    `branch_id`: as they are sold by a branch that has prices of its own.
    """
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
    own = prices.prices_on(on=on, branch_id=branch_id) if branch_id is not None else {}
    return [
        Offer(
            package=package,
            price=own[key].gross_amount
            if (key := (package.pk, Cycle.MONTHLY.value)) in own
            else package.price,
        )
        for package in found
    ]
