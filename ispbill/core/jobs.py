"""Queue tasks by their registered names, after the commit; the row is the queue of record.

Redis only carries the call. A name is all that is known here: the tasks stand above the services
that queue them, and `tests/architecture/test_tasks.py` holds every name to the registry.
"""

import atexit
import logging
import os
import threading
import time
from functools import partial

from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from kombu.exceptions import OperationalError
from kombu.pools import ProducerPool

from ispbill.core.silence import Silence

log = logging.getLogger(__name__)

_MOST = 16  # connections to the broker of one process; its threads are fewer
_PATIENCE = 1.0  # seconds the broker may take
_silence = Silence(5.0)
_pool: list[ProducerPool] = []


class BrokerAway(ConnectionError):
    """The broker did not answer a moment ago; the sweep of the task's own table will."""


# Of tasks that one call is enough for: when each was last queued here, and which wait for a call.
_woken: dict[str, float] = {}
_waiting: set[str] = set()
_guard = threading.Lock()


def after_commit(name: str, **kwargs: object) -> None:
    """Queue the task of this registered name for when the surrounding transaction is safely saved.

    A broker that is down never fails a committed request: the failure is logged and the sweep
    of the task's own table (outbox, line states, documents) picks the work up within a minute.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("after_commit needs an open transaction")
    transaction.on_commit(partial(enqueue, name, **kwargs))


def enqueue(name: str, **kwargs: object) -> None:
    """Queue a task now; log instead of raising when the broker cannot be reached."""
    try:
        publish(name, kwargs)
    except Exception as error:  # whatever the transport raises
        log.warning("task not queued", extra={"task": name, "error": type(error).__name__})


def publish(name: str, kwargs: dict[str, object]) -> None:
    """Hand one call of a task to the broker. Raises whatever the transport raises, BrokerAway at
    once while it has just been found silent."""
    if _silence.lasts:
        raise BrokerAway
    try:
        with _producers().acquire(block=True, timeout=_PATIENCE) as producer:
            current_app.send_task(name, kwargs=kwargs, ignore_result=True, producer=producer)
    except OperationalError as error:
        _silence.after(error.__cause__)
        raise


def _producers() -> ProducerPool:
    """Return this process's own way to the broker, with less patience than a worker's, which
    waits there for work: whoever changes something has a person waiting."""
    if not _pool:
        way = current_app.connection_for_write(
            transport_options={
                "socket_timeout": _PATIENCE,
                "socket_connect_timeout": _PATIENCE,
                "max_retries": 0,
            }
        )
        # Not one of kombu's own: a fork would find it there, with its parent's sockets.
        _pool.append(ProducerPool(way.Pool(limit=_MOST), limit=_MOST))
    return _pool[0]


def wake(name: str) -> None:
    """Queue a task that works off everything that waits: at once, or with the others soon.

    Publishing costs more than many a change that is told of, and one call is as good as fifty. So
    within `settings.WAKE_SECONDS` of a call nothing is published, and once after them for
    everybody who asked meanwhile: no call is lost, and none is later than that.
    """
    with _guard:
        if name in _waiting:
            return
        wait = _woken.get(name, float("-inf")) + settings.WAKE_SECONDS - time.monotonic()
        if wait > 0:
            _waiting.add(name)
        else:
            _woken[name] = time.monotonic()
    if wait <= 0:
        enqueue(name)
        return
    timer = threading.Timer(wait, _wake_late, [name])
    timer.daemon = True
    timer.start()


def _wake_late(name: str) -> None:
    with _guard:
        is_waiting = name in _waiting
        _waiting.discard(name)
        _woken[name] = time.monotonic()
    if is_waiting:
        enqueue(name)


def _wake_all_late() -> None:
    """Before this process ends, queue what waits: its timers end with it."""
    for name in list(_waiting):
        _wake_late(name)


def _forget() -> None:
    """A forked child has none of its parent's timers; the parent queues what it promised."""
    global _guard
    _guard = threading.Lock()
    _woken.clear()
    _waiting.clear()
    _pool.clear()


atexit.register(_wake_all_late)
os.register_at_fork(after_in_child=_forget)
