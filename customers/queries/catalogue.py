"""Fees and add-ons on sale, and who has which add-on."""

from django.db.models import Count, DecimalField, F, Q, QuerySet, Sum

from customers.models import Addon, Fee

# What everybody charges for; the package form and the demo know them by code.
INSTALLATION = "INSTALLATION"
ROUTER = "ROUTER"
RECONNECTION = "RECONNECTION"


def fees(*, with_archived: bool = False) -> QuerySet[Fee]:
    """Return the fees that can be charged, by name."""
    rows = Fee.objects.select_related("tax_class").order_by("archived_at", "name", "pk")
    return rows if with_archived else rows.filter(archived_at__isnull=True)


def addons(*, with_archived: bool = False) -> QuerySet[Addon]:
    """Return add-ons with `living`, how many are in use, and `monthly_amount`, net."""
    in_use = Q(uses__ends_on__isnull=True)
    rows = Addon.objects.select_related("tax_class").annotate(
        living=Sum("uses__quantity", filter=in_use, default=0),
        monthly_amount=Sum(
            F("uses__quantity") * F("uses__price_amount"),
            filter=in_use,
            default=0,
            output_field=DecimalField(max_digits=14, decimal_places=2),
        ),
        services=Count("uses", filter=in_use),
    )
    rows = rows.order_by("archived_at", "name", "pk")
    return rows if with_archived else rows.filter(archived_at__isnull=True)


def fee(code: str) -> Fee | None:
    """Return the fee on sale with a code, or None."""
    return Fee.objects.filter(code=code, archived_at__isnull=True).first()
