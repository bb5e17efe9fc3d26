"""A line's sessions by RADIUS, on its customer's page and on its own."""

from datetime import timedelta

import pytest
from django.urls import reverse

from ispbill.core import clock
from network.radius.models import RadiusSession
from tests.factories.accounts import BranchFactory, UserFactory

pytestmark = pytest.mark.django_db


def session(line, hours, **more):
    at = clock.now()
    values = {
        "router": line.router,
        "unique_id": f"u{hours}",
        "session_id": f"8100{hours}",
        "began_at": at - timedelta(hours=hours),
        "last_at": at - timedelta(minutes=1),
        "upload_bytes": 10**9,
        "download_bytes": 7 * 10**9,
    }
    return RadiusSession.objects.create(line=line, **values | more)


def shown(client, line, query=""):
    return client.get(reverse("staff_network:line-radius", args=[line.pk]) + query).text


@pytest.fixture
def noc(client):
    client.force_login(UserFactory(role="NOC"))
    return client


def test_sessions_are_told_by_their_state_the_open_one_first(noc, line):
    at = clock.now()
    session(line, 1, ended_at=at - timedelta(minutes=1), cause="User-Request")
    session(line, 2, ended_at=at - timedelta(minutes=1), is_lost=True)
    session(line, 3, last_at=at - timedelta(minutes=20), address="10.36.0.9")

    page = shown(noc, line)

    words = ["Nothing heard lately", "Ended", "Lost"]
    assert [page.index(word) for word in words] == sorted(page.index(word) for word in words)
    assert "10.36.0.9" in page
    assert "User-Request" in page
    assert "7.00 GB" in page


def test_a_line_that_never_signed_on_says_so(noc, line):
    assert "no session of this line yet" in shown(noc, line)


def test_both_pages_of_the_line_ask_for_them(noc, line):
    address = reverse("staff_network:line-radius", args=[line.pk])

    for name, argument in (("customer-panel", line.customer.number), ("line-usage", line.pk)):
        assert address in noc.get(reverse(f"staff_network:{name}", args=[argument])).text


def test_the_card_shows_the_newest_and_the_page_more(noc, line):
    for hours in range(1, 9):
        session(line, hours, ended_at=clock.now())

    assert shown(noc, line).count("<tr>") == 1 + 5
    assert shown(noc, line, "?all=1").count("<tr>") == 1 + 8


def test_a_line_of_another_branch_is_not_found(client, line):
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=BranchFactory()))

    assert client.get(reverse("staff_network:line-radius", args=[line.pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_no_more_for_more(noc, line, count, django_assert_max_num_queries):
    for hours in range(1, count + 1):
        session(line, hours)
    shown(noc, line)

    with django_assert_max_num_queries(7):
        shown(noc, line)
