"""The id of a request follows the tasks it queued, so that the log tells one story."""

from contextvars import Token
from typing import Any

from celery import signals

from ispbill import logs

_HEADER = "request_id"
_NONE = "-"
_tokens: dict[str, Token[str]] = {}


def connect() -> None:
    """Listen to Celery's own signals (called once, when Django is ready)."""
    signals.before_task_publish.connect(_send_along)
    signals.task_prerun.connect(_take_on)
    signals.task_postrun.connect(_put_down)


def _send_along(headers: dict[str, Any] | None = None, **_kwargs: Any) -> None:
    if headers is not None and logs.request_id.get() != _NONE:
        headers[_HEADER] = logs.request_id.get()


def _take_on(task_id: str = "", task: Any = None, **_kwargs: Any) -> None:
    """Take the id of whoever queued the task; of the scheduler's tasks, the task's own."""
    request = task.request
    given = getattr(request, _HEADER, None) or (request.headers or {}).get(_HEADER)
    _tokens[task_id] = logs.request_id.set(str(given or task_id))


def _put_down(task_id: str = "", **_kwargs: Any) -> None:
    token = _tokens.pop(task_id, None)
    if token is not None:
        logs.request_id.reset(token)
