"""Addresses and their log, as their pages show them."""

from django.db.models import Max, Prefetch, QuerySet

from ispbill.accounts.access import may
from ispbill.accounts.models import User
from ispbill.webhooks.models import Delivery, Endpoint, Try


def visible_to(user: User) -> QuerySet[Endpoint]:
    """Return every address to those who may see them, none to others."""
    if not may(user, "webhooks.view"):
        return Endpoint.objects.none()
    return Endpoint.objects.order_by("name", "pk")


def listed(user: User) -> QuerySet[Endpoint]:
    """Return them with the moment of their latest delivery, as `last_at`."""
    return visible_to(user).annotate(last_at=Max("deliveries__created_at"))


def deliveries(user: User, endpoint: Endpoint) -> QuerySet[Delivery]:
    """Return the log of an address, newest first, with the tries of each."""
    tries = Prefetch("attempts", Try.objects.order_by("pk"))
    rows = Delivery.objects.filter(endpoint__in=visible_to(user), endpoint=endpoint)
    return rows.prefetch_related(tries).order_by("-pk")
