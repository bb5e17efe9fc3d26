"""Which customers lie outside a reseller's areas, or pay prices it could not agree on today."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from billing.invoices.rules.periods import Cycle
from customers.models import Area, Customer, Subscription
from resellers.models import Reseller
from resellers.queries import price_list


@dataclass(frozen=True)
class Outside:
    """Numbers of customers: of other areas, and with a price beyond the reseller's limits."""

    areas: list[str]
    prices: list[str]

    def __bool__(self) -> bool:
        return bool(self.areas or self.prices)


def outside(customer_ids: Collection[int], to: Reseller, *, on: date) -> Outside:
    """Compare customers with what was agreed with a reseller, as of a company date; by number."""
    rows = Customer.objects.filter(pk__in=customer_ids).order_by("number")
    inside = _areas(to)
    return Outside(
        [number for number, area in rows.values_list("number", "area") if area not in inside],
        _dear(customer_ids, to, on=on),
    )


def _areas(reseller: Reseller) -> set[int]:
    """Return the reseller's areas with all that lie in them."""
    own = set(reseller.areas.values_list("pk", flat=True))
    return {area.pk for area in Area.objects.all() if own & set(area.lineage)}


def _dear(customer_ids: Collection[int], to: Reseller, *, on: date) -> list[str]:
    bounds = {line.package.pk: line.bounds for line in price_list.lines(to, on=on)}
    services = Subscription.objects.filter(customer__in=customer_ids).exclude(
        status=Subscription.Status.CANCELLED
    )
    found = []
    for number, package, cycle, price in services.order_by("customer__number").values_list(
        "customer__number", "package", "cycle", "price_amount"
    ):
        agreed = bounds.get(package)
        if agreed is None or not agreed.admit(price / Cycle(cycle.lower()).months):
            found.append(number)
    return list(dict.fromkeys(found))
