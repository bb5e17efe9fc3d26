"""Odd usage that nobody has looked at."""

from django.db.models import QuerySet

from ispbill.accounts.models import User
from network.queries import lines
from network.usage.models import UsageAlert


def visible_to(user: User) -> QuerySet[UsageAlert]:
    """Return the alerts of lines that a member of staff may see."""
    return UsageAlert.objects.filter(subscription__access__in=lines.visible_to(user))


def open_now(user: User) -> QuerySet[UsageAlert]:
    """Return those to look at, the newest first."""
    return (
        visible_to(user)
        .exclude(state=UsageAlert.State.DISMISSED)
        .select_related("subscription__access", "subscription__customer", "subscription__package")
        .order_by("-on", "kind", "pk")
    )
