"""Our accounts with payment gateways, as the settings show them."""

from django.db.models import Count, Q, QuerySet

from payments.online.models import GatewayAccount, PaymentAttempt

_OPEN = (PaymentAttempt.State.STARTED, PaymentAttempt.State.OPEN)


def listed(providers: tuple[str, ...]) -> QuerySet[GatewayAccount]:
    """Return the accounts with these providers in the order customers see them, each with
    `open_attempts`: payments under way."""
    return (
        GatewayAccount.objects.filter(provider__in=providers)
        .annotate(open_attempts=Count("attempts", filter=Q(attempts__state__in=_OPEN)))
        .order_by("position", "slug")
    )
