"""System > Health and System > Copies."""

import json
import re
from html import unescape

import pytest
from django.urls import reverse

from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.upkeep.models import Backup
from ispbill.upkeep.queries import conditions
from ispbill.upkeep.queries.condition_words import WORDS
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def page(client, name, role=User.Role.OWNER):
    client.force_login(UserFactory(role=role))
    return client.get(reverse(name))


def test_every_condition_has_words_and_advice():
    assert set(WORDS) == {watch.name for watch in conditions._WATCHED}


def test_the_worst_comes_first_with_what_to_do(client):
    found = page(client, "staff:health").content.decode()

    assert "Something is critical" in found  # no scheduler beats in a test
    assert found.index("Scheduler silent") < found.index("Disk used")
    assert "Start beat and a worker" in found
    copied = re.search(r'data-copy="([^"]+)"', found)
    told = json.loads(unescape(copied[1]))
    assert told["status"] == "critical"
    assert told["versions"]["Migrations"] == "all applied"


def test_copies_say_whether_they_were_tried(client, django_assert_max_num_queries):
    for number, problem in enumerate(("", "table.x: 9, now 8")):
        Backup.objects.create(
            name=f"copy-{number}",
            taken_at=clock.real_now(),
            seconds=1,
            size=10**7,
            row_count=9,
            file_count=1,
            digest="0" * 64,
            version="0.1.0",
            problem=problem,
            verified_at=clock.real_now(),
        )

    found = page(client, "staff_upkeep:backups").content.decode()

    assert "Restored and proved" in found
    assert "table.x: 9, now 8" in found
    assert "Back up now" in found


@pytest.mark.parametrize(
    ("role", "name", "status"),
    [
        (User.Role.NOC, "staff:health", 200),
        (User.Role.CASHIER, "staff:health", 403),
        (User.Role.AUDITOR, "staff_upkeep:backups", 200),
        (User.Role.NOC, "staff_upkeep:backups", 403),
    ],
)
def test_who_may_look(client, role, name, status):
    assert page(client, name, role).status_code == status
