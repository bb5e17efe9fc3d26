"""Two years of a small company: leap day, February, 30 and 31, summer time; all proofs hold.

The same life is lived on servers in four time zones: the books are the same to the last entry.
"""

import os
import subprocess
import sys
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import connection

from tests import database
from tests.laws import at_once
from tests.laws.life import Life
from tests.laws.scale import FULL, tried

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

START = date(2027, 9, 1)  # the leap day of 2028 and four changes of the clock lie ahead
SERVERS = ("UTC", "Asia/Dhaka", "America/Los_Angeles", "Pacific/Kiritimati")

ELSEWHERE = """
import django; django.setup()
from django.db import connections
from datetime import date
for alias in ("default", "owner"):
    connections[alias].settings_dict["NAME"] = {name!r}
from django.test.utils import setup_test_environment
from tests.laws.life import Life
life = Life(start=date(2028, 2, 20), seed=7)
for _day in range({days}):
    life.day()
print(life.acts, life.digest())
"""


def test_two_years_of_a_company_can_be_proved_every_day():
    life = Life(start=START, seed=2027)
    wrong = {}
    for number in range(730):
        life.day()
        # Every day in the full figure; in every run a day of each week, so every weekday and month.
        if FULL or number % 8 == 0 or life.on.day == 1:
            found = at_once.broken()
            if found:
                wrong[str(life.on)] = [str(one) for one in found[:5]]
                break

    assert wrong == {}
    assert life.acts > 400


def test_the_server_s_time_zone_changes_nothing():
    """40 days around a leap day and the change to summer time, in processes of their own."""
    name = connection.settings_dict["NAME"]
    days = tried(floor=40, full=400)
    told = {}
    for zone in SERVERS:
        database.empty()
        done = subprocess.run(
            [sys.executable, "-c", ELSEWHERE.format(name=name, days=days)],
            env={**os.environ, "TZ": zone, "DJANGO_SETTINGS_MODULE": "tests.settings"},
            cwd=settings.BASE_DIR,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        told[zone] = done.stdout.split()[-1]

    assert len(set(told.values())) == 1, told


@pytest.mark.parametrize("seed", range(tried(floor=1, full=20)))
def test_the_same_seed_is_the_same_life(seed):
    told = []
    for _time in range(2):
        database.empty()
        life = Life(start=date(2028, 1, 20), seed=seed)
        for _day in range(20):
            life.day()
        told.append(life.digest())

    assert told[0] == told[1]
    assert timedelta(days=20) == life.on - date(2028, 1, 20)
