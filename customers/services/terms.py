"""What a service is sold on, changed: its package, its cycle and billing day, its price."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Package, Subscription
from customers.services import subscriptions
from customers.services.subscriptions import NoSuchBillingDay
from ispbill.audit.services import events, trail
from ispbill.core.acts import Act


@transaction.atomic
def change_package(
    *,
    subscription: Subscription,
    package: Package,
    price_amount: Decimal,
    gross_amount: Decimal | None,
    act: Act,
) -> Subscription:
    """Give a service another package, with its price (per cycle), speed and data frozen anew.

    Money and the router are the callers' business (`billing.changes.services.package_changes`).
    """
    trail.begin(act=act)
    values: dict[str, Any] = {
        "package": package,
        "price_amount": price_amount,
        "gross_amount": gross_amount,
        "download_mbps": package.download_mbps,
        "upload_mbps": package.upload_mbps,
        "data_cap_gb": package.data_cap_gb,
    }
    return _change(subscription, values, "subscription.package_changed", act=act)


@transaction.atomic
def change_billing(
    *,
    subscription: Subscription,
    cycle: str,
    billing_day: int,
    price_amount: Decimal,
    gross_amount: Decimal | None,
    act: Act,
) -> Subscription:
    """Bill a service on another day or in another cycle from its next period on.

    Raises NoSuchBillingDay. Called by `billing.changes.services.billing_terms`, which knows the
    periods.
    """
    if not 1 <= billing_day <= 31:
        raise NoSuchBillingDay(_("A billing day lies between 1 and 31."))
    trail.begin(act=act)
    values: dict[str, Any] = {
        "cycle": cycle,
        "billing_day": billing_day,
        "price_amount": price_amount,
        "gross_amount": gross_amount,
    }
    return _change(subscription, values, "subscription.billing_changed", act=act)


def _change(
    subscription: Subscription, values: dict[str, Any], action: str, *, act: Act
) -> Subscription:
    subscription = subscriptions.locked(subscription)
    before = {name: getattr(subscription, name) for name in values}
    for name, value in values.items():
        setattr(subscription, name, value)
    subscription.save(update_fields=list(values))
    was, now = events.changes(_named(before), _named(values))
    if now:
        subscriptions.record(subscription, action, act=act, before=was, after=now)
    return subscription


def _named(values: dict[str, Any]) -> dict[str, Any]:
    """Return values as the trail keeps them: a package by its name."""
    return {
        name: value.name if isinstance(value, Package) else value for name, value in values.items()
    }
