"""Redis dead, hung, emptied: what is committed stays, nobody waits long, nothing is lost (F-04 to
F-06)."""

import os
import signal
import socket
import subprocess
import time

import pytest
from celery import current_app
from django.core.cache.backends.redis import RedisCache
from django.db import transaction
from redis import Redis

from customers.models import Customer
from ispbill.core import cache as caching
from ispbill.core import jobs
from ispbill.core.silence import Silence
from ispbill.devtools.local import valkey
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db(transaction=True)


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
    # Long, so that however slow the machine is a test meets one silence and no second.
    monkeypatch.setattr(jobs, "_silence", Silence(3600))
    yield server
    server.go_on()
    server.kill()
    current_app.conf.broker_url = current_app.conf.broker_write_url = before


def change():
    """Change something that queues a task."""
    with transaction.atomic():
        CustomerFactory()
        jobs.after_commit("audit.keep_time")


def failures(caplog):
    """Return with what each call that was not queued failed."""
    return [record.error for record in caplog.records if record.message == "task not queued"]


def test_a_call_is_queued_while_all_is_well(broker):
    change()

    assert broker.calls() == 1


def test_a_dead_broker_fails_nothing_and_is_used_again_when_it_is_back(broker, caplog):
    change()
    broker.kill()

    change()
    assert failures(caplog) == ["OperationalError"]
    assert Customer.objects.count() == 2

    broker.start()
    jobs._silence.end()
    change()
    assert broker.calls() >= 1
    assert Customer.objects.count() == 3


def test_a_hung_broker_holds_nobody_and_only_the_first_waits_at_all(broker, caplog):
    change()
    broker.hang()

    for _turn in range(21):
        change()

    # The first waited as long as it may; the others did not ask.
    assert failures(caplog) == ["OperationalError", *["BrokerAway"] * 20]
    assert Customer.objects.count() == 22

    broker.go_on()
    jobs._silence.end()
    change()
    assert len(failures(caplog)) == 21
    assert Customer.objects.count() == 23


def test_who_changes_something_waits_a_second_for_the_broker_and_not_as_long_as_a_worker(broker):
    way = jobs._producers().connections.connection

    assert way.transport_options["socket_timeout"] == 1
    assert way.transport_options["socket_connect_timeout"] == 1
    assert current_app.conf.broker_transport_options["socket_timeout"] > 10


def test_a_hung_cache_is_waited_for_once_and_not_by_every_question_of_a_page(
    broker, settings, monkeypatch
):
    monkeypatch.setattr(caching, "_silence", Silence(3600))
    asked, really_get = [], RedisCache.get
    monkeypatch.setattr(
        RedisCache, "get", lambda *given, **more: asked.append(1) or really_get(*given, **more)
    )
    options = settings.CACHES["default"] | {"LOCATION": f"{broker.url}/2"}
    kept = caching.ForgivingRedisCache(options["LOCATION"], {"OPTIONS": options["OPTIONS"]})
    kept.set("known", "yes")
    assert kept.get("known") == "yes"
    asked.clear()
    broker.hang()

    assert [kept.get("known", "no") for _turn in range(50)] == ["no"] * 50
    kept.set("other", "value")
    assert asked == [1]
    assert options["OPTIONS"]["socket_timeout"] == 1

    broker.go_on()
    caching._silence.end()
    assert kept.get("known") == "yes"
