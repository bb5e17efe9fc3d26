"""Count what happens, over all processes, for `/metrics`: requests, tasks, calls of gateways.

A process adds up for some seconds and hands its sums to Redis in one round trip; whoever asks
reads them there. What Redis forgets starts again at nought, which Prometheus knows how to read.
Labels are names out of our code: no id, no phone number, no path.
"""

import logging
import os
import threading
import time
from collections import defaultdict
from typing import Any

from celery import signals
from django.core.cache import cache

from ispbill.core.cache import UNREACHABLE

log = logging.getLogger(__name__)

FLUSH_SECONDS = 5.0
BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
MOST_SERIES = 5_000
_KEY = "metering"
_SENT_AT = "sent_at"  # a header of each task's message: how long it lay in its queue

_sums: dict[str, float] = defaultdict(float)
_guard = threading.Lock()
_last_flush = time.monotonic()
_began: dict[str, float] = {}


def count(name: str, amount: float = 1.0, /, **labels: str) -> None:
    """Add to a counter; never raises, and asks nobody but now and then."""
    with _guard:
        _sums[series(name, **labels)] += amount
    flush_if_due()


def observe(name: str, seconds: float, **labels: str) -> None:
    """Add one duration to a histogram."""
    with _guard:
        for bound in BUCKETS:
            if seconds <= bound:
                _sums[series(f"{name}_bucket", **labels, le=f"{bound:g}")] += 1
        _sums[series(f"{name}_bucket", **labels, le="+Inf")] += 1
        _sums[series(f"{name}_count", **labels)] += 1
        _sums[series(f"{name}_sum", **labels)] += seconds
    flush_if_due()


def series(name: str, **labels: str) -> str:
    """Return the name of a series as Prometheus writes it."""
    if not labels:
        return f"ispbill_{name}"
    told = ",".join(f'{key}="{_plain(value)}"' for key, value in labels.items())
    return f"ispbill_{name}{{{told}}}"


def flush_if_due() -> None:
    if time.monotonic() - _last_flush >= FLUSH_SECONDS:
        flush()


def flush() -> None:
    """Hand what was counted here to Redis; while it is away, it is kept and handed over later."""
    global _last_flush
    with _guard:
        taken, _last_flush = dict(_sums), time.monotonic()
        _sums.clear()
    if not taken:
        return
    try:
        pipe = _client().pipeline(transaction=False)
        for name, amount in taken.items():
            pipe.hincrbyfloat(_key(), name, amount)
        pipe.execute()
    except UNREACHABLE:
        with _guard:
            if len(_sums) < MOST_SERIES:
                for name, amount in taken.items():
                    _sums[name] += amount


def read() -> dict[str, float]:
    """Return all sums by series; none while Redis is away."""
    flush()
    try:
        found = _client().hgetall(_key())
    except UNREACHABLE:
        return {}
    return {name.decode(): float(amount) for name, amount in sorted(found.items())[:MOST_SERIES]}


def connect() -> None:
    """Listen to Celery's own signals (called once, when Django is ready)."""
    signals.before_task_publish.connect(_stamp)
    signals.task_prerun.connect(_begun)
    signals.task_postrun.connect(_ended)


def _stamp(headers: dict[str, Any] | None = None, **_kwargs: Any) -> None:
    if headers is not None:
        headers[_SENT_AT] = time.time()


def _begun(task_id: str = "", **_kwargs: Any) -> None:
    _began[task_id] = time.monotonic()


def _ended(sender: Any = None, task_id: str = "", state: str = "", **_kwargs: Any) -> None:
    began = _began.pop(task_id, None)
    name = str(getattr(sender, "name", ""))
    count("tasks_total", task=name, result=(state or "unknown").lower())
    if began is not None:
        count("task_seconds_total", time.monotonic() - began, task=name)


def _client() -> Any:
    return cache._cache.get_client(write=True)  # type: ignore[attr-defined]


def _key() -> str:
    return str(cache.make_key(_KEY))


def _plain(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


def _forget() -> None:
    """A forked child counts its own; what the parent counted, the parent hands over."""
    global _guard
    _guard = threading.Lock()
    _sums.clear()


os.register_at_fork(after_in_child=_forget)
