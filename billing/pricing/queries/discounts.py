"""Promotions on offer, and who has which discount until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from billing.pricing.models import Discount, PriceStep, Promotion
from billing.pricing.queries import tariffs
from customers.models import Customer, Subscription, SubscriptionAddon

SOON_DAYS = 30
RUNNING, ENDING, OVER = "running", "ending", "over"


@dataclass(frozen=True)
class Extras:
    """What a service has beside its package: add-ons, discounts and prices to come."""

    addons: list[SubscriptionAddon]
    discounts: list[Discount]
    steps: list[PriceStep]


def of_service(subscription: Subscription, *, on: date) -> Extras:
    """Return a service's add-ons and discounts that are not over, and its price steps to come."""
    addons = SubscriptionAddon.objects.filter(subscription=subscription).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=on)
    )
    return Extras(
        addons=list(addons.select_related("addon").order_by("starts_on", "pk")),
        discounts=list(
            Discount.objects.filter(subscription=subscription)
            .filter(Q(span__upper_inf=True) | Q(span__endswith__gt=on))
            .select_related("promotion", "granted_by")
            .order_by("pk")
        ),
        steps=list(
            PriceStep.objects.filter(subscription=subscription, applied_on__isnull=True)
            .select_related("change")
            .order_by("from_on")
        ),
    )


def of_services(subscriptions: Sequence[Subscription], *, on: date) -> dict[int, Extras]:
    """Return the same for several services, by id, in as many questions as for one."""
    ids = [one.pk for one in subscriptions]
    found = {pk: Extras([], [], []) for pk in ids}
    there = tariffs.has(ids)
    if not (there.steps or there.discounts or there.addons):
        return found
    addons = SubscriptionAddon.objects.filter(subscription_id__in=ids)
    for addon in (
        addons.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on))
        .select_related("addon")
        .order_by("starts_on", "pk")
    ):
        found[addon.subscription_id].addons.append(addon)
    discounts = Discount.objects.filter(subscription_id__in=ids)
    for discount in discounts.filter(Q(span__upper_inf=True) | Q(span__endswith__gt=on)).order_by(
        "pk"
    ):
        found[discount.subscription_id].discounts.append(discount)
    steps = PriceStep.objects.filter(subscription_id__in=ids, applied_on__isnull=True)
    for step in steps.order_by("from_on"):
        found[step.subscription_id].steps.append(step)
    return found


def living(customer_ids: Sequence[int]) -> QuerySet[Subscription]:
    """Return the services of these customers that are not cancelled, with their packages."""
    return (
        Subscription.objects.filter(customer_id__in=customer_ids)
        .exclude(status=Subscription.Status.CANCELLED)
        .select_related("package")
        .order_by("customer_id", "line_no")
    )


def on_offer(*, on: date) -> QuerySet[Promotion]:
    """Return the promotions that can be granted on a company date, by name."""
    return (
        Promotion.objects.filter(archived_at__isnull=True, valid_from__lte=on)
        .filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on))
        .order_by("name", "pk")
    )


def promotions(*, on: date, with_archived: bool = False) -> QuerySet[Promotion]:
    """Return promotions with `granted` (ever) and `running` (on a company date)."""
    rows = Promotion.objects.annotate(
        granted=Count("grants"),
        running=Count(
            "grants", filter=Q(grants__span__upper_inf=True) | Q(grants__span__endswith__gt=on)
        ),
    ).order_by("archived_at", "-valid_from", "-pk")
    return rows if with_archived else rows.filter(archived_at__isnull=True)


def register(
    reach: QuerySet[Customer], *, state: str, on: date, promotion_id: int | None = None
) -> QuerySet[Discount]:
    """Return who in reach has which discount: running, ending within SOON_DAYS, or over."""
    rows = Discount.objects.filter(customer__in=reach)
    if promotion_id is not None:
        rows = rows.filter(promotion_id=promotion_id)
    if state == OVER:
        rows = rows.filter(span__endswith__lte=on)
    elif state == ENDING:
        rows = rows.filter(
            span__endswith__gt=on, span__endswith__lte=on + timedelta(days=SOON_DAYS)
        )
    else:
        rows = rows.filter(Q(span__upper_inf=True) | Q(span__endswith__gt=on))
    return rows.select_related("customer", "subscription__package", "promotion", "granted_by")


def ends_soon(discount: Discount, *, on: date) -> bool:
    """Tell whether a discount's last day is near."""
    end = discount.span.upper
    return end is not None and on < end <= on + timedelta(days=SOON_DAYS)
