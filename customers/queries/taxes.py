"""Tax classes, the rate of a day, and what a change of rate does to prices."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Prefetch, Q, QuerySet

from customers.models import Addon, Customer, Fee, Package, PackagePrice, TaxClass, TaxRate
from ispbill.core.models import Company
from ispbill.core.money import Taxed


@dataclass(frozen=True)
class Repriced:
    """A price before and after a change of its tax rate; net or gross stays, by its list."""

    price: PackagePrice
    before: Taxed
    after: Taxed

    @property
    def keeps_gross(self) -> bool:
        return self.price.includes_tax


@dataclass(frozen=True)
class Extra:
    """An add-on or a fee with tax before and after; its net amount stays."""

    name: str
    before: Taxed
    after: Taxed


def listed(*, with_archived: bool = False) -> QuerySet[TaxClass]:
    """Return classes with their rates, newest first, and what uses them."""
    classes = TaxClass.objects.all() if with_archived else sold()
    return classes.prefetch_related(
        Prefetch("rates", TaxRate.objects.order_by("-effective_from"))
    ).order_by("archived_at", "name", "pk")


def sold() -> QuerySet[TaxClass]:
    """Return the classes that can be chosen, by name."""
    return TaxClass.objects.filter(archived_at__isnull=True).order_by("name", "pk")


def uses() -> dict[int, int]:
    """Return how many packages, add-ons and fees on sale each class is the tax of."""
    counts: dict[int, int] = {}
    for model in (Package, Addon, Fee):
        rows = (
            model.objects.filter(tax_class__isnull=False, archived_at__isnull=True)
            .values_list("tax_class_id")
            .annotate(n=Count("pk"))
        )
        for class_id, count in rows:
            counts[class_id] = counts.get(class_id, 0) + count
    return counts


def rate_on(*, tax_class_id: int | None, on: date) -> Decimal:
    """Return the rate in force on a company date as a fraction; without a class the company's own.

    Before its first rate a class has the company's rate too.
    """
    if tax_class_id is None:
        return Company.current().tax_rate
    return rates_on([tax_class_id], on=on)[tax_class_id]


def rates_on(tax_class_ids: Iterable[int], *, on: date) -> dict[int, Decimal]:
    """Return the rate of each class on a company date (see `rate_on`)."""
    wanted = set(tax_class_ids)
    found = dict.fromkeys(wanted, Company.current().tax_rate)
    found.update(
        TaxRate.objects.filter(tax_class_id__in=wanted, effective_from__lte=on)
        .order_by("tax_class_id", "-effective_from")
        .distinct("tax_class_id")
        .values_list("tax_class_id", "rate")
    )
    return found


def rate_for(*, customer: Customer, tax_class_id: int | None, on: date) -> Decimal:
    """Return the rate a customer pays on a company date: none for a customer who is exempt."""
    if customer.is_tax_exempt:
        return Decimal(0)
    return rate_on(tax_class_id=tax_class_id, on=on)


def with_rate(price: PackagePrice, rate: Decimal) -> Taxed:
    """Return a price at another rate: the gross stays where it was agreed, else the net."""
    if price.includes_tax:
        return Taxed.from_gross(price.gross_amount, rate)
    return Taxed.from_net(price.net_amount, rate)


def effect(*, tax_class: TaxClass, rate: Decimal, on: date) -> list[Repriced]:
    """Return the prices in force on a company date, or planned later, that a new rate changes."""
    rows = (
        PackagePrice.objects.filter(package__tax_class=tax_class, package__archived_at=None)
        .select_related("package", "branch", "reseller")
        .order_by("package__name", "reseller_id", "branch_id", "cycle", "-effective_from")
    )
    current = rows.filter(effective_from__lte=on).distinct(
        "package__name", "reseller_id", "branch_id", "cycle"
    )
    return [
        Repriced(
            row, Taxed(row.net_amount, row.gross_amount - row.net_amount), with_rate(row, rate)
        )
        for row in [*current, *rows.filter(effective_from__gt=on)]
    ]


def extras(*, tax_class: TaxClass, rate: Decimal, on: date) -> list[Extra]:
    """Return the add-ons and fees of a class, taxed as on a company date and at `rate`."""
    before = rate_on(tax_class_id=tax_class.pk, on=on)
    on_sale = Q(tax_class=tax_class, archived_at__isnull=True)
    rows = [
        *Addon.objects.filter(on_sale).order_by("name").values_list("name", "price_amount"),
        *Fee.objects.filter(on_sale).order_by("name").values_list("name", "net_amount"),
    ]
    return [
        Extra(name, Taxed.from_net(net, before), Taxed.from_net(net, rate)) for name, net in rows
    ]


def exempt(reach: QuerySet[Customer], *, limit: int) -> list[Customer]:
    """Return customers in reach who pay no tax, newest first."""
    rows = reach.filter(is_tax_exempt=True, archived_at__isnull=True)
    return list(rows.order_by("-pk")[:limit])
