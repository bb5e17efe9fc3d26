"""Queue work for after the commit; Redis is only the doorbell, the row is the queue of record."""

import logging
from functools import partial
from typing import Any

from celery import Task
from django.db import connection, transaction

log = logging.getLogger(__name__)


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
