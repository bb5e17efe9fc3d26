"""Fair use in words."""

from typing import Any

from django.utils.translation import gettext as _

from ispbill.core import clock
from network.fup.queries import shown
from network.fup.queries.shown import Standing
from network.usage.rules.periods import Days
from network.usage.views import drawing

GB = 10**9


def told_of(subscription_id: int) -> list[dict[str, Any]]:
    """Return how far a service is towards each threshold, for the page."""
    return [worded(one) for one in shown.of_service(subscription_id, on=clock.today())]


def worded(one: Standing) -> dict[str, Any]:
    """Return one standing as templates show it."""
    rule, state = one.rule, one.state
    days = Days(state.window_start, state.window_end)
    return {
        "state": state,
        "used": drawing.words(state.used_bytes),
        "threshold": drawing.words(rule.threshold_gb * GB),
        "percent": one.percent,
        "bar": min(one.percent, 100),
        "tone": one.tone,
        "is_reached": one.is_reached,
        "is_throttled": one.is_throttled,
        "is_lifted": state.is_lifted,
        "until": days.end,
        "window": _("today") if rule.window == rule.Window.DAY else _("in this billing cycle"),
        "speed": f"{rule.download_mbps}/{rule.upload_mbps} Mbps" if rule.download_mbps else "",
    }
