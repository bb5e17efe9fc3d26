"""Redis dead, hung, emptied: what is committed stays, nobody waits long, nothing is lost (F-04 to
F-06)."""

import os
import signal
import socket
import subprocess
import time

import pytest
from celery import current_app
from django.db import transaction
from redis import Redis

from customers.models import Customer
from ispbill.core import cache as caching
from ispbill.core import jobs
from ispbill.devtools.local import valkey
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db(transaction=True)

LONG = 6.0  # seconds; a hung broker would hold a page for half a minute


class Server:
    """A broker of the test's own: the suite's is everybody's."""

    def __init__(self, place) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._place, self._process = place, None
        self.start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [str(valkey.binary()), "--port", str(self.port), "--save", "", "--bind"]
        self._process = subprocess.Popen(
            [*command, "127.0.0.1", "--dir", str(self._place)], stdout=subprocess.DEVNULL
        )
        ends = time.monotonic() + 20
        while time.monotonic() < ends:
            try:
                Redis(port=self.port, socket_timeout=2).ping()
            except OSError:
                time.sleep(0.05)
            except Exception:  # not up yet, in the words of the client
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the broker did not start")

    def hang(self) -> None:
        os.kill(self._process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self._process.pid, signal.SIGCONT)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def calls(self, queue: str = "default") -> int:
        return Redis(port=self.port).llen(queue)


@pytest.fixture
def broker(tmp_path, monkeypatch):
    server = Server(tmp_path)
    before = current_app.conf.broker_url
    current_app.conf.broker_url = current_app.conf.broker_write_url = server.url
    monkeypatch.setattr(jobs, "_pool", [])
    monkeypatch.setattr(jobs, "_silent", {"until": 0.0})
    yield server
    server.go_on()
    server.kill()
    current_app.conf.broker_url = current_app.conf.broker_write_url = before


def change() -> float:
    """Change something that queues a task; return how long that took."""
    begun = time.monotonic()
    with transaction.atomic():
        CustomerFactory()
        jobs.after_commit("audit.keep_time")
    return time.monotonic() - begun


def test_a_call_is_queued_while_all_is_well(broker):
    change()

    assert broker.calls() == 1


def test_a_dead_broker_fails_nothing_and_is_used_again_when_it_is_back(broker):
    change()
    broker.kill()

    assert change() < LONG
    assert Customer.objects.count() == 2

    broker.start()
    jobs._silent["until"] = 0.0
    change()
    assert broker.calls() >= 1
    assert Customer.objects.count() == 3


def test_a_hung_broker_holds_nobody_and_only_the_first_waits_at_all(broker):
    change()
    broker.hang()

    assert change() < LONG
    begun = time.monotonic()
    for _turn in range(20):
        change()
    assert time.monotonic() - begun < LONG
    assert Customer.objects.count() == 22

    broker.go_on()
    jobs._silent["until"] = 0.0
    change()
    assert Customer.objects.count() == 23


def test_a_hung_cache_is_waited_for_once_and_not_by_every_question_of_a_page(
    broker, settings, monkeypatch
):
    monkeypatch.setattr(caching, "_silent", {"until": 0.0})
    options = settings.CACHES["default"] | {"LOCATION": f"{broker.url}/2"}
    kept = caching.ForgivingRedisCache(options["LOCATION"], {"OPTIONS": options["OPTIONS"]})
    kept.set("known", "yes")
    assert kept.get("known") == "yes"
    broker.hang()

    begun = time.monotonic()
    assert [kept.get("known", "no") for _turn in range(50)] == ["no"] * 50
    kept.set("other", "value")
    assert time.monotonic() - begun < LONG

    broker.go_on()
    caching._silent["until"] = 0.0
    assert kept.get("known") == "yes"
