"""Signs of life of the scheduler and its tasks, kept in the cache."""

from datetime import UTC, datetime, timedelta
from typing import Any

from celery import signals
from django.core.cache import cache

from ispbill.core import clock

_BEAT, _SINCE = "heartbeat:beat", "heartbeat:since"
_SILENCE = timedelta(minutes=5)  # beats come every minute; after so long they have stopped


def last_beat() -> datetime | None:
    """Return when a worker last did what the scheduler sent (real time, UTC): both are alive."""
    return _read(_BEAT)


def alive_since() -> datetime | None:
    """Return since when beats have come without a gap (real time, UTC); None when they do not."""
    last = last_beat()
    return _read(_SINCE) if last is not None and clock.real_now() - last <= _SILENCE else None


def last_done(task: str) -> datetime | None:
    """Return when a task last ended well (real time, UTC)."""
    return _read(f"heartbeat:task:{task}")


def beat() -> None:
    """Note that the scheduler's own task has just run."""
    if alive_since() is None:
        _write(_SINCE)
    _write(_BEAT)


def done(task: str) -> None:
    """Note that a task has just ended well."""
    _write(f"heartbeat:task:{task}")


def connect() -> None:
    """Listen to Celery's own signals (called once, when Django is ready)."""
    signals.task_success.connect(_succeeded)


def _succeeded(sender: Any = None, **_kwargs: Any) -> None:
    done(str(getattr(sender, "name", "")))


def _write(key: str) -> None:
    cache.set(key, clock.real_now().timestamp(), timeout=None)


def _read(key: str) -> datetime | None:
    found = cache.get(key)
    return None if found is None else datetime.fromtimestamp(float(found), tz=UTC)
