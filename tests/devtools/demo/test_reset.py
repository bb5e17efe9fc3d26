"""A company is made anew beside running jobs, and nothing of the old one is left."""

import threading
from contextlib import suppress
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from celery import current_app, shared_task
from celery.app.trace import build_tracer
from django.core.management import CommandError, call_command
from django.db import connection

from customers.models import Customer
from ispbill.core import locks, remaking
from ispbill.devtools.demo import simulators
from ispbill.devtools.demo.emptying import connection_options, empty
from ispbill.devtools.sandbox import config
from ispbill.devtools.sandbox.gateways.client import Desk
from ispbill.devtools.sandbox.gateways.server import serve as serve_gateways
from ispbill.devtools.sandbox.gateways.store import Session
from ispbill.devtools.sandbox.gateways.store import Store as Sessions
from ispbill.devtools.sandbox.messages.client import Inbox
from ispbill.devtools.sandbox.messages.server import serve as serve_messages
from ispbill.devtools.sandbox.messages.store import Store as Messages
from ispbill.devtools.sandbox.routeros import RouterFarm, RouterSpec
from tests.factories.customers import CustomerFactory
from tests.journeys.conftest import eventually

pytestmark = pytest.mark.django_db(transaction=True)

MESSAGE = {"id": "1", "channel": "SMS", "recipient": "+8801711000001", "subject": "",
           "body": "An old bill", "parts": 1}  # fmt: skip

done: list[int] = []


@shared_task
def note_a_number(number):
    done.append(number)


def as_a_worker(task, **kwargs):
    """Run a task the way a worker's process does."""
    done.clear()
    build_tracer(task.name, task, app=current_app)("an-id", (), kwargs, {})
    return list(done)


def other_session():
    return psycopg.connect(**connection_options("default"), autocommit=True)


def somebody_waits():
    with psycopg.connect(**connection_options("owner")) as session:
        waiting = session.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return waiting.fetchone()[0] > 0


def test_emptying_gets_through_a_deadlock_with_a_job_that_writes():
    customer = CustomerFactory()
    ended: list[str] = []

    def work():
        with other_session() as session, session.transaction():
            session.execute("UPDATE customers_accountstate SET balance_amount = 1")
            holds.set()
            waits_for_us.wait(10)
            with suppress(psycopg.Error):  # one of the two is the deadlock's victim
                session.execute("UPDATE customers_customer SET name = 'Written meanwhile'")

    holds, waits_for_us = threading.Event(), threading.Event()
    job = threading.Thread(target=work)
    job.start()
    holds.wait(10)
    emptying = threading.Thread(target=lambda: _noting(empty, ended))
    emptying.start()
    eventually(somebody_waits)
    waits_for_us.set()
    emptying.join(30)
    job.join(30)

    assert not Customer.objects.filter(pk=customer.pk).exists()
    assert ended == ["well"]


def test_a_worker_leaves_its_tasks_while_the_company_is_made_anew():
    with remaking.alone() as is_mine:
        assert is_mine
        with_another_session = _in_a_thread(lambda: as_a_worker(note_a_number, number=1))

    assert with_another_session == []
    assert as_a_worker(note_a_number, number=2) == [2]


def test_what_a_job_has_begun_is_waited_for():
    order: list[str] = []
    begun, may_end = threading.Event(), threading.Event()

    def job():
        with locks.shared(remaking.LOCK):
            begun.set()
            may_end.wait(10)
            order.append("the job ended")

    def reset():
        with remaking.alone():
            order.append("alone")

    working = threading.Thread(target=lambda: _closing(job))
    working.start()
    begun.wait(10)
    resetting = threading.Thread(target=lambda: _closing(reset))
    resetting.start()
    eventually(somebody_waits)
    may_end.set()
    working.join(10)
    resetting.join(10)

    assert order == ["the job ended", "alone"]


def test_a_job_that_takes_too_long_loses_its_connection():
    with other_session() as session:
        session.execute("SELECT pg_advisory_lock_shared(%s)", [locks.key(remaking.LOCK)])

        with remaking.alone(patience_seconds=1) as is_mine:
            assert is_mine

        with pytest.raises(psycopg.OperationalError):
            session.execute("SELECT 1")


def test_only_one_makes_the_company_anew():
    said = StringIO()

    def second():
        with pytest.raises(CommandError, match="already"):
            call_command("seed_demo", "--profile", "e2e", "--reset", stdout=said, stderr=said)

    customer = CustomerFactory()
    with remaking.alone():
        _in_a_thread(second)

    assert Customer.objects.filter(pk=customer.pk).exists()


def test_running_simulators_forget_the_old_company(settings, tmp_path):
    settings.SANDBOX_DIR = tmp_path
    messages, gateways = serve_messages(tmp_path), serve_gateways(tmp_path, "http://x/")
    gateways.world.store.open(_session())
    messages.store.take(MESSAGE)
    spec = RouterSpec(name="sim-1", dial_delay=(0.0, 0.0))
    try:
        with RouterFarm([spec], control=str(config.routers_control(tmp_path))) as farm:
            farm.add_secret("sim-1", "amina", comment="ispbill:1")
            farm.advance(1)
            farm.set_offline("sim-1", True)

            simulators.forget()

            assert (farm.secrets("sim-1"), farm.active("sim-1"), farm.log("sim-1")) == ([], [], [])
            assert not farm.routers()[0]["is_offline"]
            assert Inbox(tmp_path).newest() == []
            assert Desk(tmp_path).sessions() == []
    finally:
        gateways.close()
        messages.close()


def test_simulators_that_stand_still_forget_the_old_company_too(settings, tmp_path):
    settings.SANDBOX_DIR = tmp_path
    for made, fill in (
        (Messages, lambda it: it.take(MESSAGE)),
        (Sessions, lambda it: it.open(_session())),
    ):
        store = made(tmp_path)
        fill(store)
        store.close()
    state = config.routers_state(tmp_path)
    with RouterFarm([RouterSpec(name="sim-1")], state_directory=state) as farm:
        farm.add_secret("sim-1", "amina")

    simulators.forget()

    messages, sessions = Messages(tmp_path), Sessions(tmp_path)
    assert (messages.newest(), sessions.sessions()) == ([], [])
    messages.close()
    sessions.close()
    with RouterFarm([RouterSpec(name="sim-1")], state_directory=state) as farm:
        assert farm.secrets("sim-1") == []


def test_a_reset_takes_away_files_and_tasks_of_the_old_company(settings, tmp_path):
    settings.SANDBOX_DIR, settings.MEDIA_ROOT = tmp_path / "sandbox", tmp_path / "media"
    old = Path(settings.MEDIA_ROOT, "invoices", "old.pdf")
    old.parent.mkdir(parents=True)
    old.write_bytes(b"%PDF")
    note_a_number.apply_async(kwargs={"number": 1}, queue="documents", ignore_result=True)

    call_command("seed_demo", "--profile", "e2e", "--reset", stdout=StringIO(), stderr=StringIO())

    assert not old.exists()
    with current_app.connection_for_read() as broker:
        assert broker.default_channel.client.llen("documents") == 0


def _session():
    return Session(
        key="k",
        gateway="bkash",
        reference="INV-1",
        amount="10.00",
        currency="BDT",
        state="open",
        asked={},
        facts={},
    )


def _noting(work, ended):
    work()
    ended.append("well")


def _closing(work):
    try:
        return work()
    finally:
        connection.close()


def _in_a_thread(work):
    answers = []
    thread = threading.Thread(target=lambda: answers.append(_closing(work)))
    thread.start()
    thread.join(60)
    assert answers, "it failed"
    return answers[0]
