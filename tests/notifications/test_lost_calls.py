"""Redis holds nothing that matters: emptied, down, or its sender killed, messages still arrive."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import transaction

from ispbill.celery import app
from ispbill.devtools.sandbox.messages.client import Inbox
from ispbill.environment import redis as redis_addresses
from ispbill.notifications import tasks
from ispbill.notifications.models import Message
from ispbill.notifications.services import compose, deliver
from ispbill.notifications.services.compose import Letter
from tests.factories.notifications import MessageFactory
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)

RECEIPT = {"name": "Amina", "amount": "1150.00", "receipt": "RCP-1", "balance": "0.00"}


def enqueue(at, dedup="RCP-1", event="payment_received"):
    with transaction.atomic():
        compose.enqueue(
            Letter(phone="+8801711000001", email="", language="en", context=RECEIPT, dedup=dedup),
            event=event,
            at=at,
        )


@pytest.fixture
def valkey():
    """The broker's own database, as the worker sees it."""
    with app.connection_for_write() as broker:
        client = broker.default_channel.client
        client.flushdb()
        yield client
        client.flushdb()


def test_a_flushed_broker_loses_no_message_and_the_sweep_sends_it_once(at, sandbox, valkey):
    enqueue(at)
    assert valkey.llen("messages") == 1
    valkey.flushdb()

    tasks.sweep_messages()
    tasks.sweep_messages()

    assert list(Message.objects.values_list("state", flat=True)) == ["SENT"]
    inbox = Inbox(django_settings.SANDBOX_DIR).newest()
    assert [(row["recipient"], row["times_sent"]) for row in inbox] == [("+8801711000001", 1)]


def test_a_broker_that_is_down_neither_fails_nor_delays_the_commit(
    at, sandbox, monkeypatch, tmp_path
):
    nowhere = app.connection_for_write(redis_addresses(f"redis+socket://{tmp_path}/no")["broker"])
    tries = []

    def in_vain(kwargs):
        tries.append(kwargs)
        app.send_task("notifications.send_messages", kwargs=kwargs, connection=nowhere)

    instead_of(monkeypatch, "notifications.send_messages", in_vain)

    enqueue(at)

    assert len(tries) == 1
    deliver.drain(now=lambda: at, seconds=30)
    assert list(Message.objects.values_list("state", flat=True)) == ["SENT"]


KILLED_SENDER = """
import os, signal
from datetime import datetime
import django
django.setup()
from ispbill.notifications.gateways.sandbox import SandboxGateway
from ispbill.notifications.services import deliver
whole = SandboxGateway.send
def send(self, message):
    whole(self, message)
    os.kill(os.getpid(), signal.SIGKILL)
SandboxGateway.send = send
deliver.drain(now=lambda: datetime.fromisoformat(os.environ["AT"]), seconds=30)
"""


@pytest.mark.parametrize(
    ("event", "state", "times_sent"),
    [("payment_received", "SENT", 2), ("invoice_issued", "UNKNOWN", 1)],
)
def test_a_sender_killed_between_the_provider_s_yes_and_ours_doubles_nothing(
    at, sandbox, event, state, times_sent
):
    MessageFactory(event=event)
    name = django_settings.DATABASES["default"]["NAME"]
    before, _, query = os.environ["DATABASE_URL"].partition("?")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_SENDER],
        env={
            **os.environ,
            "DATABASE_URL": f"{before.rpartition('/')[0]}/{name}?{query}",
            "SANDBOX_DIR": str(django_settings.SANDBOX_DIR),
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "AT": at.isoformat(),
        },
        check=False,
        timeout=60,
    )
    assert killed.returncode == -signal.SIGKILL
    assert list(Message.objects.values_list("state", "provider")) == [("SENDING", "sandbox")]

    later = at + timedelta(minutes=4)
    deliver.recover(at=later)
    deliver.drain(now=lambda: later, seconds=30)

    assert list(Message.objects.values_list("state", flat=True)) == [state]
    inbox = Inbox(django_settings.SANDBOX_DIR).newest()
    assert [row["times_sent"] for row in inbox] == [times_sent]  # one message in the inbox
