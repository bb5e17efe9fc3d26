"""The price lists: which price holds for whom on which day.

Three kinds of list: a reseller's, a branch's, and the general one. For one package and cycle the
most specific list that has a price in force decides: the reseller's, else the branch's, else the
general one. Amounts are in the company's currency, per cycle.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet

from customers.models import Customer, Package, PackagePrice
from ispbill.accounts.models import Branch


@dataclass(frozen=True)
class PriceList:
    """A list by who it is for: neither = everybody's. `key` is how a form names it."""

    branch_id: int | None = None
    reseller_id: int | None = None
    name: str = ""

    @property
    def key(self) -> str:
        if self.reseller_id:
            return f"r{self.reseller_id}"
        return f"b{self.branch_id}" if self.branch_id else ""


def price_on(
    *,
    package: Package,
    cycle: str,
    on: date,
    branch_id: int | None = None,
    reseller_id: int | None = None,
) -> PackagePrice | None:
    """Return the price that holds on a company date for whoever this is, or None."""
    found = prices_on(
        on=on, branch_id=branch_id, reseller_id=reseller_id, package=package, cycle=cycle
    )
    return found.get((package.pk, cycle))


def for_customer(
    *, customer: Customer, package: Package, cycle: str, on: date
) -> PackagePrice | None:
    """Return the price a customer is sold a package at on a company date, or None."""
    return price_on(
        package=package,
        cycle=cycle,
        on=on,
        branch_id=customer.branch_id,
        reseller_id=customer.reseller_id,
    )


def prices_on(
    *,
    on: date,
    branch_id: int | None = None,
    reseller_id: int | None = None,
    package: Package | None = None,
    cycle: str = "",
) -> dict[tuple[int, str], PackagePrice]:
    """Return the price of the day for each package id and cycle, from the right list."""
    mine = Q(branch=None, reseller=None)
    if branch_id is not None:
        mine |= Q(branch_id=branch_id)
    if reseller_id is not None:
        mine |= Q(reseller_id=reseller_id)
    rows = PackagePrice.objects.filter(mine, effective_from__lte=on)
    if package is not None:
        rows = rows.filter(package=package, cycle=cycle)
    found: dict[tuple[int, str], PackagePrice] = {}
    for row in rows.order_by("package_id", "cycle", "-effective_from"):
        key = (row.package_id, row.cycle)
        if key not in found or _narrowness(row) > _narrowness(found[key]):
            found[key] = row
    return found


def lists() -> list[PriceList]:
    """Return every list that could have prices: the general one, each branch's, each reseller's."""
    branches = Branch.objects.order_by("name").values_list("pk", "name")
    return [
        PriceList(),
        *[PriceList(branch_id=pk, name=name) for pk, name in branches],
        *[PriceList(reseller_id=pk, name=name) for pk, name in _resellers()],
    ]


def history(package: Package) -> QuerySet[PackagePrice]:
    """Return all prices of a package, list by list and cycle by cycle, newest first."""
    return (
        PackagePrice.objects.filter(package=package)
        .select_related("branch", "reseller")
        .order_by("reseller__name", "branch__name", "cycle", "-effective_from")
    )


def _narrowness(row: PackagePrice) -> int:
    return 2 if row.reseller_id else 1 if row.branch_id else 0


def _resellers() -> Any:
    # Resellers live in an app above this one; only their ids and names are needed here.
    rows: Any = apps.get_model("resellers", "Reseller")._default_manager
    return rows.order_by("name").values_list("pk", "name")
