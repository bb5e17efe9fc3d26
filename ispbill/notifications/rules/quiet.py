"""Quiet hours: when a message that can wait is not sent."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


def is_quiet(at: datetime, *, zone: ZoneInfo, from_hour: int, until_hour: int) -> bool:
    """Tell whether a moment lies in the quiet hours `[from, until)` of the company's clock.

    Equal hours mean that there are none; from 21 until 8 spans midnight.
    """
    hour = at.astimezone(zone).hour
    if from_hour <= until_hour:
        return from_hour <= hour < until_hour
    return hour >= from_hour or hour < until_hour


def first_chance(at: datetime, *, zone: ZoneInfo, from_hour: int, until_hour: int) -> datetime:
    """Return `at`, or the end of the quiet hours it falls into."""
    if not is_quiet(at, zone=zone, from_hour=from_hour, until_hour=until_hour):
        return at
    local = at.astimezone(zone)
    day = local.date()
    if from_hour > until_hour and local.hour >= from_hour:
        day += timedelta(days=1)
    return datetime.combine(day, time(until_hour), tzinfo=zone).astimezone(at.tzinfo)
