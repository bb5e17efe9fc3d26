"""One id from the request through its tasks."""

from celery import shared_task

from ispbill import logs
from ispbill.core import tracing


@shared_task(name="tests.say_the_id")
def say_the_id():
    return logs.request_id.get()


def test_a_task_has_the_id_of_the_request_that_queued_it():
    token = logs.request_id.set("request-1234")
    headers = {}
    tracing._send_along(headers=headers)
    logs.request_id.reset(token)

    assert say_the_id.apply(headers=headers).result == "request-1234"
    assert logs.request_id.get() == "-"


def test_a_task_of_the_scheduler_has_its_own():
    headers = {}
    tracing._send_along(headers=headers)

    assert say_the_id.apply(task_id="abc", headers=headers).result == "abc"
