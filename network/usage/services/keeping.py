"""How long what was measured is kept, and the tables of single days that samples lie in."""

from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from ispbill.core import statements
from network.usage.models import LineSession, UsageGap, UsageHour, UsageSlot

SAMPLES = timedelta(hours=48)
HOURS = timedelta(days=30)
SLOTS = timedelta(days=400)
SESSIONS = timedelta(days=731)  # who had an address is asked for two years


def make_day(on: date) -> bool:
    """Make the table of a UTC day's samples; return whether it was missing."""
    return bool(statements.first("SELECT make_usage_day(%s)", [on])[0])


@transaction.atomic
def keep(*, at: datetime) -> int:
    """Make today's and tomorrow's tables, and drop what is older than it is kept.

    Return how many tables of samples were dropped. Days are kept for ever.
    """
    today = at.astimezone(UTC).date()
    for on in (today, today + timedelta(days=1)):
        make_day(on)
    UsageHour.objects.filter(hour_start__lt=at - HOURS - timedelta(days=1)).delete()
    UsageSlot.objects.filter(starts_at__lt=at - SLOTS).delete()
    UsageGap.objects.filter(until__lt=at - SLOTS).delete()
    LineSession.objects.filter(last_seen_at__lt=at - SESSIONS).delete()
    return int(
        statements.first("SELECT drop_usage_days(%s)", [(at - SAMPLES).astimezone(UTC).date()])[0]
    )
