"""The demo company is made anew by one process, while no worker does anything.

Jobs that write while the tables are emptied and filled end both in deadlocks and broken foreign
keys. So a worker shares a lock during each task, and who makes the company anew has it alone. A
task that comes meanwhile is left: it is about the old company, and whatever the new one has to be
done is found in its rows by the sweeps.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery import Task
from django.conf import settings

from ispbill.core import locks, restored

LOCK = "the demo company is made anew"
PATIENCE_SECONDS = 30  # for tasks that have begun; then they lose their connection

log = logging.getLogger(__name__)


@contextmanager
def alone(*, patience_seconds: int = PATIENCE_SECONDS) -> Iterator[bool]:
    """Hold the company alone for a block; yield False when another process has it already."""
    with locks.only_one(f"{LOCK}, by whom") as is_mine:
        if not is_mine:
            yield False
            return
        with locks.alone(LOCK, patience_seconds=patience_seconds):
            yield True


class UndisturbingTask(Task):  # type: ignore[type-arg]
    """The base of all tasks: where there are simulators, a worker asks for its share first."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.request.called_directly:
            return super().__call__(*args, **kwargs)
        if restored.is_held():  # what it was about lies in its row, and the sweeps find it
            log.info("task left: restored, not released yet", extra={"task": self.name})
            return None
        if self.request.is_eager or not settings.SIMULATORS:
            return self.run(*args, **kwargs)
        with locks.shared(LOCK) as is_free:
            if is_free:
                return self.run(*args, **kwargs)
        log.info("task left: the demo company is made anew", extra={"task": self.name})
        return None
