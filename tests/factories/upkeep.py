"""Alarms."""

from typing import Any

from ispbill.core import clock
from ispbill.upkeep.models import Alarm


def alarm(**given: Any) -> Alarm:
    """Make an alarm that is open since now: the scheduler says nothing."""
    at = clock.real_now()
    values = {
        "condition": "scheduler silent, seconds",
        "is_critical": True,
        "seen_at": at,
        "opened_at": at,
        "told_at": at,
    }
    return Alarm.objects.create(**values | given)
