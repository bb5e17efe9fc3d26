"""Each kind of item: who sees it, what it costs to list, what can be done about it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ispbill.accounts.capabilities import CAPABILITIES
from ispbill.accounts.models import User
from ispbill.core import clock
from ispbill.inbox.queries import items, sources
from tests.factories.accounts import BranchFactory, UserFactory
from tests.inbox.scenes import SCENES

pytestmark = pytest.mark.django_db(transaction=True)

CONSOLE = sorted(CAPABILITIES["console.use"])


@pytest.fixture(autouse=True)
def _tenth_of_january(at):
    clock.set_simulated(at)


@pytest.fixture
def owner(client):
    user = UserFactory()
    client.force_login(user)
    return user


def test_every_source_has_a_scene():
    assert {one.kind for one in sources.every()} == set(SCENES)


@pytest.mark.parametrize("kind", SCENES)
def test_an_item_is_there_for_those_who_may_decide_it_and_nobody_else(kind, at):
    source = sources.find(kind)
    users = {role: UserFactory(role=role, branch=BranchFactory()) for role in CONSOLE}
    SCENES[kind][0](at, users["OWNER"])

    seen = {role for role, user in users.items() if items.load(user, at=at).items}
    counted = {role for role, user in users.items() if items.count(user, at=at)}

    allowed = CAPABILITIES[source.capability] & set(CONSOLE)
    # A branch manager of another branch sees none of it; cash, calls and news are for one person.
    expected = (
        {"OWNER"}
        if kind in {"hand-over", "call", "notice"}
        else allowed - {User.Role.BRANCH_MANAGER}
    )
    assert (seen, counted) == (expected, expected)


@pytest.mark.parametrize("kind", SCENES)
def test_an_item_shows_its_question_and_its_verbs(kind, at, owner, client):
    scene, verbs = SCENES[kind]
    row = scene(at, owner)

    response = client.get(reverse("staff:inbox-item", args=[kind, row.pk]))

    panel = response.context["panel"]
    shown = [panel["primary"], panel["refusal"], *panel["others"]]
    assert response.status_code == 200
    assert [one.verb.name for one in shown if one is not None] == verbs
    assert panel["detail"].question in response.content.decode().replace("&#x27;", "'")


@pytest.mark.parametrize("kind", SCENES)
def test_the_list_costs_the_same_for_one_item_and_for_three(kind, at, owner, client):
    scene = SCENES[kind][0]

    def cost():
        with CaptureQueriesContext(connection) as asked:
            found = items.load(owner, at=at)
        return len(found.items), len(asked)

    scene(at, owner)
    items.load(owner, at=at)
    one, once = cost()
    scene(at, owner)
    scene(at, owner)
    three, thrice = cost()

    assert (one, three) == (1, 3)
    assert once == thrice


def test_all_kinds_are_counted_in_one_statement(at, owner):
    for kind in ("pause", "unmatched", "referral"):
        SCENES[kind][0](at, owner)

    with CaptureQueriesContext(connection) as asked:
        count = items.count(owner, at=at)

    assert (count, len(asked)) == (3, 1)
