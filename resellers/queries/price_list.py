"""A reseller's price list: what each package costs it, may be sold for, and is sold for."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from customers.models import Cycle, Package
from customers.queries import prices
from resellers.models import PriceLimit, Reseller
from resellers.rules.prices import Bounds, bounds


@dataclass(frozen=True)
class Line:
    """A package with its net prices a month (company's currency); `own` None: the company's."""

    package: Package
    listed: Decimal
    buy: Decimal | None
    bounds: Bounds
    own: Decimal | None

    @property
    def price(self) -> Decimal:
        """Return what a new service costs."""
        return self.listed if self.own is None else self.own

    @property
    def is_outside(self) -> bool:
        """Tell whether the own price is none any more that could be set today."""
        return self.own is not None and not self.bounds.admit(self.own)


def lines(reseller: Reseller, *, on: date) -> list[Line]:
    """Return what a reseller sells on a company date, by name; four queries."""
    sold = Package.objects.filter(archived_at=None).order_by("name")
    return _lines(reseller, list(sold), on=on)


def line_of(reseller: Reseller, package: Package, *, on: date) -> Line | None:
    """Return one package of the list; None for what the reseller does not sell."""
    if package.archived_at is not None:
        return None
    return next(iter(_lines(reseller, [package], on=on)), None)


def _lines(reseller: Reseller, packages: list[Package], *, on: date) -> list[Line]:
    agreed = {one.package_id: one for one in PriceLimit.objects.filter(reseller=reseller)}
    listed = prices.prices_on(on=on, branch_id=reseller.branch_id)
    own = prices.prices_on(on=on, branch_id=reseller.branch_id, reseller_id=reseller.pk)
    found = []
    for package in packages:
        price, mine = listed.get((package.pk, _MONTH)), own.get((package.pk, _MONTH))
        if price is None or (agreed and package.pk not in agreed):
            continue
        limit = agreed.get(package.pk) or PriceLimit()
        found.append(
            Line(
                package=package,
                listed=price.net_amount,
                buy=limit.buy_amount,
                bounds=bounds(
                    listed=price.net_amount,
                    buy=limit.buy_amount,
                    floor=limit.floor_amount,
                    ceiling=limit.ceiling_amount,
                ),
                own=mine.net_amount if mine is not None and mine.reseller_id else None,
            )
        )
    return found


_MONTH = Cycle.MONTHLY.value
