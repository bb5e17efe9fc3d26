"""Prepaid services that a reseller's wallet renews, and which of them wait for it."""

from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from billing.prepaid.queries import prepaid
from customers.models import Customer, Subscription, Suspension
from ispbill.core import clock
from resellers.models import Reseller, WalletMove, WalletRenewal

SHOWN = 50


def paying(customer_id: int) -> Reseller | None:
    """Return the reseller whose wallet pays for a customer; None for all others."""
    whose = Customer.objects.filter(pk=customer_id).values("reseller_id")
    found = Reseller.objects.filter(
        pk__in=whose, kind=Reseller.Kind.PREPAID, status=Reseller.Status.ACTIVE
    )
    return found.first()


def due(reseller_id: int, *, on: date) -> list[tuple[int, date]]:
    """Return services to renew from a wallet, the oldest expiry first, then by number."""
    found = _due(on).filter(pk__in=_chosen().filter(reseller=reseller_id).values("subscription"))
    ordered = found.order_by("schedule__billed_until", "customer__number", "line_no")
    rows = ordered.values_list("pk", "schedule__billed_until")
    return [(pk, until) for pk, until in rows if until is not None]


def skipped(reseller: Reseller, *, on: date) -> list[Subscription]:
    """Return the due services a wallet was too small for when they were tried last, in order."""
    tried = _chosen().filter(reseller=reseller, tried_at__isnull=False)
    found = _due(on).filter(pk__in=tried.values("subscription"))
    rows = found.select_related("customer", "package", "schedule")
    return list(rows.order_by("schedule__billed_until", "customer__number", "line_no")[:SHOWN])


def resellers_to_try(*, on: date) -> list[int]:
    """Return resellers with a due service that was not tried today, or before money came in."""
    came = WalletMove.objects.filter(
        reseller=OuterRef("reseller"),
        pocket=WalletMove.Pocket.WALLET,
        amount__gt=0,
        at__gt=OuterRef("tried_at"),
    )
    anew = Q(tried_at=None) | Q(tried_at__lt=_midnight(on)) | Exists(came)
    rows = _chosen().filter(anew, subscription__in=_due(on))
    return list(rows.order_by("reseller").values_list("reseller", flat=True).distinct())


def _chosen() -> QuerySet[WalletRenewal]:
    """Return what was chosen by the reseller that still has the customer, and may spend."""
    return WalletRenewal.objects.filter(
        customer__reseller_id=F("reseller"),
        customer__archived_at=None,
        reseller__kind=Reseller.Kind.PREPAID,
        reseller__status=Reseller.Status.ACTIVE,
    )


def _due(on: date) -> QuerySet[Subscription]:
    over = Suspension.objects.filter(
        subscription=OuterRef("pk"), ended_at=None, kind=Suspension.Kind.PREPAID
    )
    is_on = Q(status=Subscription.Status.ACTIVE) | Q(
        Exists(over), status=Subscription.Status.SUSPENDED
    )
    return prepaid.services().filter(is_on, schedule__billed_until__lte=on)


def _midnight(on: date) -> datetime:
    return datetime.combine(on, datetime.min.time(), tzinfo=clock.zone())
