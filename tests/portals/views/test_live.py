"""What a page is told of changes: only of what its person may see, and for next to nothing."""

import re
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ispbill.accounts.models import User
from ispbill.audit.services import events
from ispbill.core import clock, live
from ispbill.core.acts import Act
from ispbill.portals.queries.live import TOPICS
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import CustomerFactory

ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _reachable(monkeypatch):
    monkeypatch.setitem(live._away, "until", 0.0)


def ask(client, *topics, at="", age=0, door="admin"):
    query = {"topics": ",".join(topics), "at": at, "age": str(age)}
    return client.get(f"/{door}/live/", query, headers={"X-Live": "1"})


def account(customer):
    return f"account:{customer.number}"


def signed_in(client, **person):
    user = UserFactory(**person)
    client.force_login(user)
    return user


def test_a_page_hears_of_what_it_shows_and_of_nothing_else(client):
    signed_in(client, role=User.Role.OWNER)
    mine, other = CustomerFactory(), CustomerFactory()
    at = ask(client, account(mine), "leads").json()["at"]

    live.changed(accounts=[other.pk])
    quiet = ask(client, account(mine), "leads", at=at)
    live.changed("payment", accounts=[mine.pk])
    told = ask(client, account(mine), "leads", at=at).json()
    again = ask(client, account(mine), "leads", at=told["at"])

    assert (quiet.status_code, quiet.content) == (204, b"")
    assert told["changed"] == [account(mine)]
    assert again.status_code == 204


def test_what_changed_since_the_page_was_made_is_not_missed(client):
    signed_in(client, role=User.Role.OWNER)
    customer = CustomerFactory()
    live.changed(accounts=[customer.pk])

    before = ask(client, account(customer), age=60_000).json()
    after = ask(client, account(customer), age=0).json()
    ancient = ask(client, account(customer), age=2 * 3600 * 1000).json()

    assert (before["changed"], after["changed"]) == ([account(customer)], [])
    assert ancient["changed"] == [account(customer)]


def test_nobody_hears_of_accounts_they_may_not_see(client, as_customer, reseller):
    far = CustomerFactory()
    manager = signed_in(client, role=User.Role.BRANCH_MANAGER, branch=BranchFactory())
    near = CustomerFactory(branch=manager.branch)
    both = (account(near), account(far))

    def hears(door):
        at = ask(client, *both, door=door).json()["at"]
        live.changed("payment", accounts=[near.pk, far.pk])
        return ask(client, *both, at=at, door=door)

    assert hears("admin").json()["changed"] == [account(near)]
    as_customer(near)
    assert hears("portal").json()["changed"] == [account(near)]
    client.force_login(reseller.user)
    assert hears("reseller-portal").status_code == 204


def test_a_list_is_told_of_only_to_who_may_open_it(client):
    signed_in(client, role=User.Role.CASHIER)
    at = ask(client, "payments", "leads", "bank", "nonsense").json()["at"]

    live.changed("payment", "lead", "statement_line")
    told = ask(client, "payments", "leads", "bank", "nonsense", at=at).json()

    assert told["changed"] == ["payments"]


def test_a_cursor_of_somebody_else_opens_nothing(client):
    customer = CustomerFactory()
    signed_in(client, role=User.Role.OWNER)
    at = ask(client, account(customer)).json()["at"]
    signed_in(client, role=User.Role.BRANCH_MANAGER, branch=BranchFactory())

    live.changed(accounts=[customer.pk])

    assert ask(client, account(customer), at=at).json()["changed"] == []
    assert ask(client, account(customer), at=at[:-3] + "xyz").json()["changed"] == []


def test_a_right_that_was_taken_away_ends_within_minutes(client, monkeypatch):
    user = signed_in(client, role=User.Role.BRANCH_MANAGER, branch=BranchFactory())
    customer = CustomerFactory(branch=user.branch)
    monkeypatch.setattr("ispbill.portals.queries.live.GRANTED_SECONDS", -1)
    at = ask(client, account(customer)).json()["at"]
    type(customer).objects.filter(pk=customer.pk).update(branch=BranchFactory())

    live.changed(accounts=[customer.pk])

    assert ask(client, account(customer), at=at).json()["changed"] == []


def test_a_question_without_news_costs_no_statement_but_who_asks(client):
    signed_in(client, role=User.Role.OWNER)
    customer = CustomerFactory()
    topics = (account(customer), "payments", "inbox")
    at = ask(client, *topics).json()["at"]
    ask(client, *topics, at=at)

    with CaptureQueriesContext(connection) as asked:
        answer = ask(client, *topics, at=at)

    assert answer.status_code == 204
    assert len(asked) == 1, [one["sql"] for one in asked]
    assert "accounts_user" in asked[0]["sql"]


def test_while_valkey_is_away_the_page_is_told_so(client, monkeypatch):
    signed_in(client, role=User.Role.OWNER)
    monkeypatch.setitem(live._away, "until", float("inf"))

    assert ask(client, "payments").json() == {"away": True}


def test_what_was_said_before_valkey_came_back_counts_as_new(client):
    signed_in(client, role=User.Role.OWNER)
    at = ask(client, "payments").json()["at"]
    live.cache.clear()
    client.force_login(User.objects.get())

    assert ask(client, "payments", at=at).json()["changed"] == ["payments"]


def test_a_page_that_asks_keeps_no_session_alive(client, settings, monkeypatch):
    signed_in(client, role=User.Role.OWNER)
    client.get("/admin/leads/")
    began = client.session["seen_at"]
    moment = "ispbill.accounts.middleware.clock.real_now"
    later = clock.real_now().timestamp() + 600

    class Later:
        @staticmethod
        def timestamp():
            return later

    monkeypatch.setattr(moment, Later)

    assert ask(client, "leads").status_code == 200
    assert client.session["seen_at"] == began
    settings.STAFF_IDLE_SECONDS = 300
    assert ask(client, "leads").status_code == 302


def test_everything_recorded_in_the_trail_is_told(client, at):
    user = signed_in(client, role=User.Role.OWNER)
    customer = CustomerFactory()
    cursor = ask(client, account(customer), "leads", "payments").json()["at"]

    with transaction.atomic():
        events.record(
            act=Act(user, at), action="lead.edited", target=customer, customer_id=customer.pk
        )

    told = ask(client, account(customer), "leads", "payments", at=cursor).json()["changed"]
    assert told == [account(customer), "leads", "payments"]


OF_ONE_ACCOUNT = {  # shown with the account they belong to, and in no list of their own
    "deposit", "discount", "note", "portal_access", "prepaid", "tax_certificate",
}  # fmt: skip


def test_every_word_of_the_trail_is_heard_by_a_list_or_an_account():
    apps = ("ispbill", "customers", "network", "billing", "payments", "resellers")
    apps += ("tickets", "fieldservice", "signup")
    written = set()
    for path in (path for app in apps for path in (ROOT / app).rglob("*.py")):
        written |= set(re.findall(r'\baction=f?"([a-z_]+)\.[a-z_{]', path.read_text()))
    heard = {word for _capability, words in TOPICS.values() for word in words}

    assert len(written) > 40
    assert written - heard - OF_ONE_ACCOUNT == set()


def test_every_topic_a_page_names_is_one():
    named = set()
    for path in (ROOT / "templates").rglob("*.html"):
        for text in re.findall(r"{% block live %}(.*?){% endblock %}", path.read_text()):
            named |= set(re.sub(r"account:{{.*?}}|{%.*?%}", "", text).split())

    assert {"customers", "payments", "till"} <= named
    assert named - set(TOPICS) == set()
