"""The session a line has, and those it had, as polls saw them."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from ispbill.accounts.models import User
from network.models import Access
from network.queries import lines
from network.usage.models import LineSession, UsageCounter

SHOWN = 20


def last_read(subscription_id: int) -> UsageCounter | None:
    """Return what the last poll said of a service's session."""
    return UsageCounter.objects.filter(subscription=subscription_id).first()


def of_service(subscription_id: int) -> Sequence[LineSession]:
    """Return the sessions that are over, the newest first."""
    return list(
        LineSession.objects.filter(subscription=subscription_id)
        .select_related("router")
        .order_by("-last_seen_at")[:SHOWN]
    )


def online(user: User) -> QuerySet[Access]:
    """Return the lines with a session at their router's last poll, the fastest first."""
    return (
        lines.visible_to(user)
        .filter(subscription__usage_counter__is_open=True)
        .exclude(desired_state=Access.State.REMOVED)
        .select_related(
            "customer", "router", "subscription__usage_counter", "subscription__package"
        )
        .order_by("-subscription__usage_counter__download_rate", "pk")
    )


def matching(found: QuerySet[Access], words: str) -> QuerySet[Access]:
    """Narrow lines to those with words in name, user name, address or MAC."""
    return found.filter(
        Q(username__icontains=words)
        | Q(customer__name__icontains=words)
        | Q(customer__number__iexact=words)
        | Q(subscription__usage_counter__address=words)
        | Q(subscription__usage_counter__caller_id__iexact=words)
    )
