"""The business clock: the one place that asks what time it is.

Views, tasks and commands read it and pass `at` (a UTC moment) or `on` (a company date) down;
nothing below them does. With simulators on, `/sim/clock` may move it; in production it is the
system's clock and nothing can.
"""

import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from ispbill.core.models import Company, SimulatedClock

_CACHE_KEY = "core:clock-offset-seconds"
_REMEMBERED_SECONDS = 1.0

# What this process last heard and until when that is good (monotonic): a page asks several times.
_remembered: tuple[float, float] | None = None


def now() -> datetime:
    """Return the business moment, in UTC."""
    moment = timezone.now()
    if settings.SIMULATORS:
        moment += timedelta(seconds=_offset_seconds())
    return moment


def real_now() -> datetime:
    """Return the system's moment in UTC, whatever `/sim/clock` says.

    For what defends or watches the machine itself: sessions, authenticator apps, heartbeats.
    """
    return timezone.now()


def today() -> date:
    """Return the business date in the company's time zone."""
    return local_date(now())


def local_date(at: datetime) -> date:
    """Return the company-local date of a moment."""
    return at.astimezone(zone()).date()


def zone() -> ZoneInfo:
    """Return the company's time zone."""
    return ZoneInfo(Company.current().time_zone)


def midnight(on: date) -> datetime:
    """Return the moment at which a company date begins."""
    return datetime.combine(on, datetime.min.time(), zone())


def set_simulated(at: datetime | None) -> None:
    """Move the business clock to `at` (it keeps running from there), or back to real time."""
    if not settings.SIMULATORS:
        raise RuntimeError("The clock can only be moved while SIMULATORS=1.")
    offset = 0.0 if at is None else (at - timezone.now()).total_seconds()
    SimulatedClock.objects.update_or_create(pk=1, defaults={"offset_seconds": offset})
    cache.set(_CACHE_KEY, offset, timeout=None)
    forget()


def forget() -> None:
    """Ask anew how far the clock was moved; other processes do so within a second."""
    global _remembered
    _remembered = None


def _offset_seconds() -> float:
    global _remembered
    if _remembered is not None and _remembered[0] > time.monotonic():
        return _remembered[1]
    offset = cache.get(_CACHE_KEY)
    if offset is None:
        row = SimulatedClock.objects.filter(pk=1).first()
        offset = row.offset_seconds if row else 0.0
        cache.set(_CACHE_KEY, offset, timeout=None)
    _remembered = (time.monotonic() + _REMEMBERED_SECONDS, float(offset))
    return float(offset)
