"""Addresses that take nothing, as the health page and the alarms see them."""

from types import ModuleType
from typing import Any

from django.db.models import Min

from ispbill.webhooks.models import Endpoint

NAME = "webhook not taken, seconds"
_DAY = 24 * 3600.0


def seconds(now: Any) -> float | None:
    """Return for how long the address that is worst off has taken nothing; None: all is well."""
    watched = Endpoint.objects.filter(is_paused=False)
    since = watched.aggregate(oldest=Min("failing_since"))["oldest"]
    return None if since is None else max(0.0, (now.real_at - since).total_seconds())


def register(conditions: ModuleType) -> None:
    """Have it measured; an address that was switched off stays failing until it is on again."""
    conditions.watch(NAME, seconds, warning=_DAY, critical=5 * _DAY)
