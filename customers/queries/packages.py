"""What is sold, and at which price on which day."""

from datetime import date

from django.db.models import Count, Prefetch, Q, QuerySet

from customers.models import Package, PackagePrice, Subscription


def sold() -> QuerySet[Package]:
    """Return the packages that can be sold today, by name."""
    return Package.objects.filter(archived_at__isnull=True).order_by("name", "pk")


def listed(*, with_archived: bool = False) -> QuerySet[Package]:
    """Return packages with their prices (newest first) and `living`, their services in use."""
    packages = Package.objects.all() if with_archived else sold()
    return (
        packages.annotate(
            living=Count(
                "subscriptions",
                filter=~Q(subscriptions__status=Subscription.Status.CANCELLED),
            )
        )
        .prefetch_related(
            Prefetch("prices", PackagePrice.objects.order_by("cycle", "-effective_from")),
            "ott_apps",
        )
        .order_by("archived_at", "technology", "download_mbps", "name", "pk")
    )


def price_on(*, package: Package, cycle: str, on: date) -> PackagePrice | None:
    """Return the price that holds on a company date, or None when there is none yet."""
    return (
        PackagePrice.objects.filter(package=package, cycle=cycle, effective_from__lte=on)
        .order_by("-effective_from")
        .first()
    )


def prices_on(*, on: date) -> dict[tuple[int, str], PackagePrice]:
    """Return every package's price of the day, by package id and cycle."""
    return {
        (price.package_id, price.cycle): price
        for price in PackagePrice.objects.filter(effective_from__lte=on)
        .order_by("package_id", "cycle", "-effective_from")
        .distinct("package_id", "cycle")
    }
