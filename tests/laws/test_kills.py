"""Billing killed again and again: nothing double, nothing missing, no gap, the books hold (M3).

The run works in a process of its own that is shot (SIGKILL) at a random moment, months on end.
"""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection

from billing.invoices.models import Invoice, InvoiceLine
from billing.run.models import BillingRun
from billing.run.services import cycle
from ispbill.core.acts import Act
from ispbill.devtools.bench import population, scratch
from ispbill.reports.queries import proofs
from tests import database
from tests.laws.scale import tried

pytestmark = pytest.mark.slow

SERVICES = tried(floor=2_000, full=10_000)
MONTHS = tried(floor=2, full=12)
KILLS = tried(floor=5, full=100)

SHOT = """
import django; django.setup()
from django.db import connections
from datetime import date, datetime, UTC
for alias in ("default", "owner"):
    connections[alias].settings_dict["NAME"] = {name!r}
from tests.laws.test_kills import bill
print("ready", flush=True)
bill(date({on}), chunk=200)
print("done", flush=True)
"""


def bill(on, chunk=10_000):
    """Bill a day; wait while the server still holds the lock of somebody who was shot."""
    for _attempt in range(600):
        try:
            return cycle.run(
                on=on,
                act=Act(None, datetime(on.year, on.month, on.day, 20, tzinfo=UTC)),
                chunk=chunk,
            )
        except cycle.RunUnderWay:
            time.sleep(0.1)
    raise AssertionError("the lock of a dead process was never given back")


def run_and_shoot(on, after):
    """Start a run in a process of its own and kill it some time after it began; True if it died."""
    name = connection.settings_dict["NAME"]
    words = f"{on.year}, {on.month}, {on.day}"
    with subprocess.Popen(
        [sys.executable, "-c", SHOT.format(name=name, on=words)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
        return "done" not in process.stdout.read()


@pytest.fixture
def _company(django_db_setup, django_db_blocker):
    """A copy of the suite's migrated database, filled in bulk."""
    with django_db_blocker.unblock():
        scratch.ground = database.ground()
        try:
            with scratch.database("kills"):
                population.fill(SERVICES)
                yield
        finally:
            scratch.ground = None


@pytest.mark.usefixtures("_company")
def test_a_year_of_billing_survives_being_shot():
    dice = random.Random(20260205)
    deaths = 0
    for month in range(MONTHS):
        later = population.FIRST_DAY.month - 1 + month
        start = date(population.FIRST_DAY.year + later // 12, later % 12 + 1, 5)
        on = start - timedelta(days=7)
        for _kill in range(-(-KILLS // MONTHS)):
            deaths += run_and_shoot(on, after=dice.uniform(0.02, 0.5 * SERVICES / 2_000))
        bill(on)

        assert Invoice.objects.count() == SERVICES * (month + 1)
        assert InvoiceLine.objects.count() == SERVICES * (month + 1)
        assert not BillingRun.objects.filter(status="RUNNING").exists()
        assert proofs.check_all() == []

    numbers = sorted(
        int(number.split("-")[2])
        for number in Invoice.objects.filter(issued_on__year=2026).values_list("number", flat=True)
    )
    assert numbers == list(range(1, len(numbers) + 1))
    assert deaths >= 1  # somebody was really shot in the middle
