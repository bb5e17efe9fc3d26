"""The server crashes while cashiers take money: nothing that was answered is lost, and no receipt
is missing among those that stand.

The server here is one of the test's own, so that it can be stopped as a power cut stops it: what
was not written out is gone.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import psycopg
import pytest
from django.conf import settings

from billing.receivables.services.admission import Asked
from ispbill.core.acts import Act
from ispbill.devtools.local import roles
from ispbill.devtools.local.postgres import EmbeddedPostgres

pytestmark = pytest.mark.slow

AT = datetime(2026, 1, 29, 4, 0, tzinfo=UTC)
CASHIERS, CUSTOMERS = 3, 40
PAYMENTS = 60  # answered before the server is stopped
TRIES = 5
LIMIT = 120.0  # seconds a program of the test may take
PROGRAM = """
import django; django.setup()
import sys
from tests.laws import test_crash
getattr(test_crash, sys.argv[1])(*sys.argv[2:])
"""


# --- what runs in processes of its own, over the test's own server


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def fill():
    """Make a company whose customers all owe a bill."""
    from django.core.management import call_command

    from billing.run.services import cycle
    from ispbill.devtools.bench import population, scratch

    call_command("migrate", database="owner", verbosity=0, interactive=False)
    scratch._give_defaults()
    population.fill(CUSTOMERS)
    cycle.run(on=AT.date(), act=Act(None, AT))


def pay(seed):
    """Take payments until the server is gone; say each receipt when it has been answered."""
    from django.db import Error

    from billing.receivables.services import settlement
    from customers.models import Customer

    settings.WAKE_SECONDS = 3600
    dice, customers = random.Random(seed), list(Customer.objects.order_by("pk"))
    try:
        while True:
            settled = settlement.settle(
                Asked(
                    customer_id=dice.choice(customers).pk,
                    amount=Decimal(dice.randint(10_000, 90_000)) / 100,
                    method="BKASH",
                    received_by=None,
                    received_at=AT,
                    key=f"crash:{dice.getrandbits(64):x}:{seed}",
                    is_repeat_confirmed=True,
                    act=Act(None, AT),
                )
            )
            say(settled.payment.receipt_number)
    except Error:
        os._exit(0)  # nothing is rung for at the end


def look():
    """Say which receipts stand, and what the proofs find."""
    from billing.allocation.models import Payment
    from ispbill.reports.queries import proofs

    receipts = Payment.objects.order_by("pk").values_list("receipt_number", flat=True)
    say(json.dumps([list(receipts), [finding.check for finding in proofs.check_all()]]))


# --- the test


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    home = tmp_path_factory.mktemp("crash")
    made = EmbeddedPostgres("test", home=home, log=home / "postgres.log")
    made.start()
    with owner(made) as connection:
        connection.execute(f"ALTER DATABASE {roles.DATABASE} SET synchronous_commit = on")
    with run(made, "fill") as filling:
        assert filling.wait(LIMIT) == 0
    yield made
    made.stop()
    made.forget()


def owner(server):
    return psycopg.connect(
        host=str(server.sockets), user=roles.OWNER, dbname=roles.DATABASE, autocommit=True
    )


def run(server, *arguments):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": server.url(roles.APP),
        "DATABASE_OWNER_URL": server.url(roles.OWNER),
    }
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *arguments],
        env=environment,
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )


def crash(server, seed):
    """Stop the server at once while it takes payments; return the receipts that were answered."""
    before = standing(server)[0]
    cashiers = [run(server, "pay", f"{seed}.{number}") for number in range(CASHIERS)]
    ends = time.monotonic() + LIMIT
    with owner(server) as connection:
        while time.monotonic() < ends:
            count = connection.execute("SELECT count(*) FROM billing_payment").fetchone()[0]
            if count >= len(before) + PAYMENTS:
                break
    os.kill(server.running().pid, signal.SIGQUIT)
    answered = [
        line for cashier in cashiers for line in cashier.communicate(timeout=LIMIT)[0].split()
    ]
    server.stop()
    server.start()
    assert len(answered) >= PAYMENTS - CASHIERS
    return before + answered


def standing(server):
    with run(server, "look") as asked:
        receipts, broken = json.loads(asked.communicate(timeout=LIMIT)[0])
    return receipts, broken


def test_what_was_answered_survives_a_crash_and_no_receipt_is_missing(server):
    for seed in range(2):
        answered = crash(server, seed)
        receipts, broken = standing(server)

        assert set(answered) - set(receipts) == set()
        assert sorted(receipts) == [f"RCP-2026-{n:05d}" for n in range(1, len(receipts) + 1)]
        assert broken == []


def test_a_commit_nobody_waits_for_would_lose_an_answer(server):
    """The negative control: what was answered before the disk had it is gone after a crash."""
    setting = f"ALTER DATABASE {roles.DATABASE} SET synchronous_commit"
    with owner(server) as connection:
        connection.execute(f"{setting} = off")
    lost = set()
    for seed in range(10, 10 + TRIES):
        answered = crash(server, seed)
        receipts, broken = standing(server)
        lost |= set(answered) - set(receipts)
        # Even so what is left is whole: the log is lost from its end.
        assert sorted(receipts) == [f"RCP-2026-{n:05d}" for n in range(1, len(receipts) + 1)]
        assert broken == []
        if lost:
            break
    with owner(server) as connection:
        connection.execute(f"{setting} = on")

    assert lost
