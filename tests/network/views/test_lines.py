"""The sync queue and the network's part of a customer's page."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from network.models import Access, Router
from network.queries import lines as queries
from network.services import push
from tests.factories.accounts import UserFactory
from tests.factories.customers import CustomerFactory, SubscriptionFactory
from tests.factories.network import AccessFactory
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def rings(monkeypatch):
    rung = []
    instead_of(monkeypatch, "network.push_router", lambda kwargs: rung.append(kwargs["router_id"]))
    return rung


@pytest.fixture
def noc(client):
    user = UserFactory(role="NOC")
    client.force_login(user)
    return user


def counted(client, address):
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_the_queue_shows_waiting_lines_and_why_but_no_settled_ones(client, noc):
    waiting = AccessFactory(last_error="the session is still on line", attempts=2)
    settled = AccessFactory(confirmed_generation=1, confirmed_state="OPEN")

    page = client.get(reverse("staff_network:sync-queue")).content.decode()

    assert "the session is still on line" in page
    assert (waiting.username in page, f">{settled.username}<" in page) == (True, False)


def test_the_queue_says_when_the_next_try_is(client, noc):
    real = datetime.now(UTC)  # waits are real time, never the business clock's
    AccessFactory(next_attempt_at=real + timedelta(minutes=9, seconds=50))
    AccessFactory(router__next_attempt_at=real + timedelta(hours=1, minutes=1))
    AccessFactory(is_on_hold=True)
    AccessFactory(router__is_enabled=False)
    AccessFactory()

    found = [queries.next_try(line) for line in queries.waiting(noc).order_by("pk")]
    page = client.get(reverse("staff_network:sync-queue")).content.decode()

    hours = [None if one.after is None else one.after // timedelta(minutes=9) for one in found]
    assert [one.is_by_itself for one in found] == [True, True, False, False, True]
    assert hours == [1, 6, None, None, None]
    assert page.count("within half a minute") == 1
    assert page.count("Only by hand") == 2
    assert "in 1 h" in page


def test_the_queue_takes_as_many_queries_for_three_as_for_one(client, noc):
    address = reverse("staff_network:sync-queue")
    AccessFactory()
    counted(client, address)
    one = counted(client, address)
    AccessFactory()
    AccessFactory()

    assert counted(client, address) == one


def test_an_empty_queue_says_so(client, noc):
    assert "No line waits" in client.get(reverse("staff_network:sync-queue")).content.decode()


def test_retry_now_takes_a_line_out_of_the_hold_and_rings(client, noc, rings):
    line = AccessFactory(is_on_hold=True, attempts=9)

    response = client.post(reverse("staff_network:retry-line", args=[line.pk]))

    line.refresh_from_db()
    assert (line.is_on_hold, line.attempts, rings) == (False, 0, [line.router_id])
    assert response.url == reverse("staff_network:sync-queue")


def test_retry_never_sends_the_browser_to_another_site(client, noc):
    line = AccessFactory()

    response = client.post(
        reverse("staff_network:retry-line", args=[line.pk]), {"next": "https://evil.test/"}
    )

    assert response.url == reverse("staff_network:sync-queue")


def test_support_sees_the_queue_but_cannot_retry(client):
    client.force_login(UserFactory(role="SUPPORT"))
    line = AccessFactory()

    assert client.get(reverse("staff_network:sync-queue")).status_code == 200
    assert client.post(reverse("staff_network:retry-line", args=[line.pk])).status_code == 403


def test_a_branch_manager_finds_only_own_customers(client):
    mine, other = AccessFactory(), AccessFactory()
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=mine.customer.branch))

    page = client.get(reverse("staff_network:sync-queue")).content.decode()

    assert (mine.customer.number in page, other.customer.number in page) == (True, False)
    for line, status in ((mine, 200), (other, 404)):
        panel = reverse("staff_network:customer-panel", args=[line.customer.number])
        assert client.get(panel).status_code == status
    assert client.get(reverse("staff_network:line-session", args=[other.pk])).status_code == 404


def test_the_panel_says_wanted_confirmed_and_reconnecting(client, noc):
    line = AccessFactory(desired_by_name="Nadia", desired_reason="Paid in full")
    Router.objects.update(status="OFFLINE", status_note="The router does not answer")

    address = reverse("staff_network:customer-panel", args=[line.customer.number])
    page = client.get(address, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in page
    assert "Reconnecting to the router" in page
    assert "Nadia: Paid in full" in page
    assert "Retry sync" in page


def test_the_panel_takes_as_many_queries_for_three_lines_as_for_one(client, noc):
    customer = CustomerFactory()
    address = reverse("staff_network:customer-panel", args=[customer.number])
    AccessFactory(subscription=SubscriptionFactory(customer=customer))
    counted(client, address)
    one = counted(client, address)
    for number in (2, 3):
        AccessFactory(subscription=SubscriptionFactory(customer=customer, line_no=number))

    assert counted(client, address) == one


def test_the_panel_never_waits_for_a_router(client, noc, farm, router):
    line = AccessFactory(router=router)
    farm.fault("r1", "hang")

    client.get(reverse("staff_network:customer-panel", args=[line.customer.number]))

    assert farm.log("r1") == []


def test_the_session_is_asked_of_the_router(client, noc, farm, router):
    line = AccessFactory(router=router)
    push.push_router(router_id=router.pk, now=lambda: NOW)
    address = reverse("staff_network:line-session", args=[line.pk])

    farm.advance(60)
    online = client.get(address).content.decode()
    cache.clear()  # one reading serves everybody for three seconds
    farm.set_offline("r1", True)
    away = client.get(address).content.decode()

    line.refresh_from_db()
    assert ("10.64." in online, "bit/s" in online) == (True, True)
    assert (line.has_session, line.customer.account_state.is_online) == (True, True)
    assert "does not answer" in away


def test_a_line_is_suspended_in_words_only_when_the_router_has_said_so():
    def words(**columns):
        line = AccessFactory.build(**columns)
        return str(queries.line_words(line).word), queries.line_words(line).is_changing

    assert words() == ("Being switched on…", True)
    opened = {"confirmed_generation": 1, "confirmed_state": "OPEN"}
    assert words(**opened) == ("Switched on, not seen online", False)
    assert words(**opened, has_session=False) == ("Switched on, not online now", False)
    assert words(**opened, has_session=True) == ("Online", False)
    assert words(desired_state="WALLED") == ("Being suspended…", True)
    assert words(desired_state="WALLED", confirmed_generation=1, has_session=True) == (
        "Suspended",
        False,
    )
    assert words(**opened, generation=2, has_session=True) == ("Online", False)
    assert words(desired_state="REMOVED") == ("Being removed…", True)
    assert queries.line_words(None).word == "Not connected yet"


def test_the_portal_reads_line_words_with_its_own_rights():
    from ispbill.core import rls

    line = AccessFactory()
    AccessFactory()

    with rls.as_portal([line.customer_id]):
        found = list(queries.of_portal_customer(line.customer_id))
        said = [str(queries.line_words(one).word) for one in found]

    assert said == ["Being switched on…"]
    assert Access.objects.count() == 2
