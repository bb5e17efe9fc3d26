"""The list of who may leave: who sees which, in what order, narrowed and as a file."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from churn.models import ChurnSettings
from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from tests.factories.accounts import UserFactory
from tests.factories.churn import EpisodeFactory, ScoreFactory, TaskFactory
from tests.factories.customers import CustomerFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/churn/"


def names(answer):
    return [row["score"].customer.name for row in answer.context["rows"]]


def test_where_most_is_at_stake_stands_first(client, owner):
    for name, at_stake in (("Anis", "300"), ("Bela", "900"), ("Chitra", "600")):
        ScoreFactory(customer=CustomerFactory(name=name), at_stake=at_stake)
    ScoreFactory(customer=CustomerFactory(name="Dulal"), level="MEDIUM", points=40)

    page = client.get(LIST)

    assert names(page) == ["Bela", "Chitra", "Anis"]
    assert names(client.get(LIST, {"level": "MEDIUM"})) == ["Dulal"]
    assert len(names(client.get(LIST, {"level": "all"}))) == 4
    assert b"4+ bills were late in six months" in page.content
    assert b"By simple rules" in page.content


def test_it_is_narrowed_by_reason_and_by_who_is_talked_to(client, owner):
    price = [{"group": "price", "code": "largest_rise", "points": 10}]
    ScoreFactory(customer=CustomerFactory(name="Anis"), reasons=price)
    talked = ScoreFactory(customer=CustomerFactory(name="Bela"))
    TaskFactory(episode=EpisodeFactory(customer=talked.customer))

    assert names(client.get(LIST, {"reason": "price"})) == ["Anis"]
    assert names(client.get(LIST, {"unasked": "on"})) == ["Anis"]
    assert names(client.get(LIST, {"q": talked.customer.number})) == ["Bela"]
    assert names(client.get(LIST, {"area": talked.customer.area_id})) == ["Bela"]


def test_a_managers_world_ends_at_the_branch(client):
    mine, other = ScoreFactory(), ScoreFactory()
    manager = UserFactory(role=User.Role.BRANCH_MANAGER, branch=mine.branch)
    client.force_login(manager)

    assert names(client.get(LIST)) == [mine.customer.name]
    assert names(client.get(LIST, {"q": other.customer.number})) == []


@pytest.mark.parametrize("role", [User.Role.CASHIER, User.Role.NOC])
def test_others_do_not_see_it(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get(LIST).status_code == 403


def test_an_empty_house_says_so(client, owner):
    assert b"Nobody is at high risk" in client.get(LIST).content


def test_three_rows_ask_no_more_than_one(client, owner):
    ScoreFactory()
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    for _ in range(2):
        TaskFactory(episode=EpisodeFactory(customer=ScoreFactory().customer))
    with CaptureQueriesContext(connection) as three:
        assert len(names(client.get(LIST))) == 3
    assert len(three) == len(one)


def test_the_file_holds_what_the_list_shows(client, owner):
    score = ScoreFactory()

    answer = client.get(LIST, {"file": "csv"})

    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["customer_number"], row["level"]) == (score.customer.number, "HIGH")
    assert (row["at_stake"], row["points"]) == ("700.00", "70")


def test_settings_are_changed_with_a_reason_and_written_down(client, owner):
    values = {
        "calls_per_week": "30",
        "held_out_percent": "15",
        "most_discount_percent": "10",
        "most_discount_cycles": "2",
        "reason": "two more people call",
    }
    assert client.post("/admin/churn/settings/", values | {"reason": ""}).status_code == 422

    client.post("/admin/churn/settings/", values)

    assert ChurnSettings.current().calls_per_week == 30
    event = AuditEvent.objects.get(action="churn_settings.changed")
    assert event.before["calls_per_week"] == 20
    client.force_login(UserFactory(role=User.Role.SALES))
    assert client.get("/admin/churn/settings/").status_code == 403
