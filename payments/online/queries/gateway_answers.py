"""What live gateways answered that was never seen before."""

from django.db.models import QuerySet

from payments.online.models import GatewayAnswer

MOST = 50


def unseen() -> QuerySet[GatewayAnswer]:
    """Return forms of answers with something new in them, the latest first, with their account."""
    new = GatewayAnswer.objects.exclude(news=[]).select_related("account")
    return new.order_by("-last_at", "-pk")[:MOST]
