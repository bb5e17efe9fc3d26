"""What is sold; its prices are in `customers.queries.prices`."""

from django.db.models import Count, Prefetch, Q, QuerySet

from customers.models import Package, PackagePrice, Subscription


def sold() -> QuerySet[Package]:
    """Return the packages that can be sold today, by name."""
    return Package.objects.filter(archived_at__isnull=True).order_by("name", "pk")


def listed(*, with_archived: bool = False) -> QuerySet[Package]:
    """Return packages with general prices (newest first) and `living`, their services in use."""
    packages = Package.objects.all() if with_archived else sold()
    return (
        packages.annotate(
            living=Count(
                "subscriptions", filter=~Q(subscriptions__status=Subscription.Status.CANCELLED)
            )
        )
        .prefetch_related(
            Prefetch(
                "prices",
                PackagePrice.objects.filter(branch=None, reseller=None).order_by(
                    "cycle", "-effective_from"
                ),
            ),
            "ott_apps",
        )
        .order_by("archived_at", "technology", "download_mbps", "name", "pk")
    )
