"""One id from the request through its tasks."""

from types import SimpleNamespace

from ispbill import logs
from ispbill.core import tracing


def id_in_a_task(headers):
    """Return the id while a task of these headers runs, as Celery calls us around it."""
    task = SimpleNamespace(request=SimpleNamespace(headers=headers))
    tracing._take_on(task_id="task-1", task=task)
    found = logs.request_id.get()
    tracing._put_down(task_id="task-1")
    return found


def test_a_task_has_the_id_of_the_request_that_queued_it():
    token = logs.request_id.set("request-1234")
    headers = {}
    tracing._send_along(headers=headers)
    logs.request_id.reset(token)

    assert id_in_a_task(headers) == "request-1234"
    assert logs.request_id.get() == "-"


def test_a_task_of_the_scheduler_has_its_own():
    headers = {}
    tracing._send_along(headers=headers)

    assert id_in_a_task(headers) == "task-1"
