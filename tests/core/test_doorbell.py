"""One ring is enough for everybody who asks at the same time, and none is lost."""

import threading
import time

import pytest

from ispbill.core import jobs


class Bell:
    """Stands where a Celery task stands: counts how often it is published."""

    name = "tests.bell"

    def __init__(self):
        self.rung = []
        self.again = threading.Event()

    def apply_async(self, *, kwargs, ignore_result):
        self.rung.append(time.monotonic())
        if len(self.rung) == 2:
            self.again.set()


@pytest.fixture
def bell():
    jobs._forget()
    yield Bell()
    jobs._forget()


def test_the_first_rings_at_once_and_the_rest_once_together(bell, settings):
    settings.DOORBELL_SECONDS = 0.2

    for _n in range(50):
        jobs.ring_for_all(bell)

    assert len(bell.rung) == 1
    assert bell.again.wait(timeout=20)
    assert len(bell.rung) == 2
    assert bell.rung[1] - bell.rung[0] >= 0.19


def test_what_waits_when_the_process_ends_is_rung_before(bell, settings):
    settings.DOORBELL_SECONDS = 60

    jobs.ring_for_all(bell)
    jobs.ring_for_all(bell)
    jobs._ring_all_late()

    assert len(bell.rung) == 2


def test_after_a_while_it_rings_at_once_again(bell, settings):
    settings.DOORBELL_SECONDS = 0

    jobs.ring_for_all(bell)
    jobs.ring_for_all(bell)

    assert len(bell.rung) == 2
