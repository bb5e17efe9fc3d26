"""Queue work for after the commit; Redis is only the doorbell, the row is the queue of record."""

import atexit
import logging
import os
import threading
import time
from functools import partial
from typing import Any

from celery import Task
from django.conf import settings
from django.db import connection, transaction

log = logging.getLogger(__name__)

# Of tasks that one ring is enough for: when each was last rung here, and who is to ring once more.
_rung: dict[str, float] = {}
_waiting: dict[str, Task[Any, Any]] = {}
_bells = threading.Lock()


def after_commit(task: Task[Any, Any], **kwargs: object) -> None:
    """Queue a task for when the surrounding transaction is safely saved.

    A broker that is down never fails a committed request: the failure is logged and the sweep
    of the task's own table (outbox, line states, documents) picks the work up within a minute.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("after_commit needs an open transaction")
    transaction.on_commit(partial(ring, task, **kwargs))


def ring(task: Task[Any, Any], **kwargs: object) -> None:
    """Publish a task now; log instead of raising when the broker cannot be reached."""
    try:
        task.apply_async(kwargs=kwargs, ignore_result=True)
    except Exception as error:  # whatever the transport raises
        log.warning(
            "doorbell not reached", extra={"task": task.name, "error": type(error).__name__}
        )


def ring_for_all(task: Task[Any, Any]) -> None:
    """Ring a task that works off everything that waits: at once, or with the others soon.

    Publishing costs more than many a change that is told of, and one ring is as good as fifty. So
    within `settings.DOORBELL_SECONDS` of a ring nothing is published, and once after them for
    everybody who asked meanwhile: no ring is lost, and none is later than that.
    """
    name = str(task.name)
    with _bells:
        if name in _waiting:
            return
        wait = _rung.get(name, float("-inf")) + settings.DOORBELL_SECONDS - time.monotonic()
        if wait > 0:
            _waiting[name] = task
        else:
            _rung[name] = time.monotonic()
    if wait <= 0:
        ring(task)
        return
    timer = threading.Timer(wait, _ring_late, [name])
    timer.daemon = True
    timer.start()


def _ring_late(name: str) -> None:
    with _bells:
        task = _waiting.pop(name, None)
        _rung[name] = time.monotonic()
    if task is not None:
        ring(task)


def _ring_all_late() -> None:
    """Before this process ends, ring what waits: its timers end with it."""
    for name in list(_waiting):
        _ring_late(name)


def _forget() -> None:
    """A forked child has none of its parent's timers; the parent rings for what it promised."""
    global _bells
    _bells = threading.Lock()
    _rung.clear()
    _waiting.clear()


atexit.register(_ring_all_late)
os.register_at_fork(after_in_child=_forget)
