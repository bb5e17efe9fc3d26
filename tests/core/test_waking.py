"""One call of a task is enough for everybody who asks at the same time, and none is lost."""

import threading
import time

import pytest

from ispbill.core import jobs
from tests.queued import instead_of

NAME = "tests.sweep"


class Calls:
    """What of a task has reached the broker."""

    def __init__(self):
        self.moments = []
        self.again = threading.Event()

    def note(self, _kwargs):
        self.moments.append(time.monotonic())
        if len(self.moments) == 2:
            self.again.set()


@pytest.fixture
def calls(monkeypatch):
    jobs._forget()
    made = Calls()
    instead_of(monkeypatch, NAME, made.note)
    yield made
    jobs._forget()


def test_the_first_is_queued_at_once_and_the_rest_once_together(calls, settings):
    settings.WAKE_SECONDS = 0.2

    for _n in range(50):
        jobs.wake(NAME)

    assert len(calls.moments) == 1
    assert calls.again.wait(timeout=20)
    assert len(calls.moments) == 2
    assert calls.moments[1] - calls.moments[0] >= 0.19


def test_what_waits_when_the_process_ends_is_queued_before(calls, settings):
    settings.WAKE_SECONDS = 60

    jobs.wake(NAME)
    jobs.wake(NAME)
    jobs._wake_all_late()

    assert len(calls.moments) == 2


def test_after_a_while_it_is_queued_at_once_again(calls, settings):
    settings.WAKE_SECONDS = 0

    jobs.wake(NAME)
    jobs.wake(NAME)

    assert len(calls.moments) == 2
