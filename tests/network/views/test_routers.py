"""The routers' pages: who may, what is shown, and what a form refuses."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from network.models import Router
from network.services import connections, push
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.network import AccessFactory, ProtocolNoteFactory, RouterFactory
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 1, 10, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def rings(monkeypatch):
    rung = []
    for name in ("network.push_router", "network.check_router"):
        instead_of(monkeypatch, name, lambda kwargs, name=name: rung.append((name, kwargs)))
    return rung


@pytest.fixture
def noc(client):
    user = UserFactory(role="NOC")
    client.force_login(user)
    return user


def typed(**changes):
    return {
        "name": "core",
        "branch": BranchFactory().pk,
        "site": "",
        "host": "10.1.1.1",
        "port": 8728,
        "tls_fingerprint": "",
        "username": "api",
        "password": "s3cret-pass",
        "suspend_mode": "DISABLE",
        "walled_profile": "EXPIRED",
        "local_address": "",
        "address_pool": "",
        "walled_pool": "",
        "is_enabled": "on",
        **changes,
    }


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("OWNER", 200),
        ("NOC", 200),
        ("SUPPORT", 200),
        ("AUDITOR", 200),
        ("CASHIER", 403),
        ("TECHNICIAN", 302),
        ("CUSTOMER", 302),
    ],
)
def test_who_may_see_the_routers(client, role, status):
    client.force_login(UserFactory(role=role))

    assert client.get(reverse("staff_network:routers")).status_code == status


@pytest.mark.parametrize("role", ["SUPPORT", "AUDITOR", "BILLING"])
def test_those_who_only_look_cannot_change(client, role):
    router = RouterFactory()
    client.force_login(UserFactory(role=role))

    assert client.get(reverse("staff_network:add-router")).status_code == 403
    for name in ("edit-router", "test-router", "retry-router", "router-drift"):
        address = reverse(f"staff_network:{name}", args=[router.pk])
        assert client.post(address, {"reason": "Because I want to"}).status_code == 403
    page = client.get(reverse("staff_network:routers")).content.decode()
    assert "Add router" not in page


def test_signed_out_people_are_sent_to_the_login(client):
    response = client.get(reverse("staff_network:routers"))

    assert (response.status_code, response.url.startswith("/login")) == (302, True)


def test_a_branch_manager_sees_the_own_branchs_routers_only(client):
    mine, other = RouterFactory(), RouterFactory()
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=mine.branch))

    page = client.get(reverse("staff_network:routers")).content.decode()

    assert (mine.name in page, other.name in page) == (True, False)
    assert client.get(reverse("staff_network:router", args=[other.pk])).status_code == 404


@pytest.mark.parametrize("htmx", [False, True])
def test_the_list_takes_as_many_queries_for_three_as_for_one(
    client, noc, django_assert_num_queries, htmx
):
    headers = {"HX-Request": "true"} if htmx else {}
    address = reverse("staff_network:routers")

    def count():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            assert client.get(address, headers=headers).status_code == 200
        return len(queries)

    AccessFactory()
    count()
    one = count()
    for _ in range(2):
        AccessFactory()
    assert count() == one


def test_a_fragment_has_no_page_around_it(client, noc):
    RouterFactory()

    page = client.get(reverse("staff_network:routers"), headers={"HX-Request": "true"})

    assert "<html" not in page.content.decode()


def test_the_first_visit_invites_to_add_a_router(client, noc):
    assert "No routers yet" in client.get(reverse("staff_network:routers")).content.decode()


def test_adding_a_router_rings_its_check_and_never_shows_the_password(client, noc, rings):
    response = client.post(reverse("staff_network:add-router"), typed())

    router = Router.objects.get()
    assert response.url == reverse("staff_network:router", args=[router.pk])
    assert connections.password_of(router) == "s3cret-pass"
    assert rings == [("network.check_router", {"router_id": router.pk})]
    page = client.get(reverse("staff_network:edit-router", args=[router.pk])).content.decode()
    assert ("s3cret-pass" in page, router.sealed_password in page) == (False, False)


def test_the_form_opens_in_the_dialog_or_as_a_page(client, noc):
    address = reverse("staff_network:add-router")

    assert "<html" in client.get(address).content.decode()
    assert "<html" not in client.get(address, headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"host": "127.0.0.1", "port": 6379},
        {"host": "localhost"},
        {"host": "169.254.169.254"},
        {"port": 22},
        {"username": "x\r\nSET y 1"},
        {"password": "x\r\nRPUSH celery z"},
        {"host": "10.0.0.1\r\nx"},
        {"name": ""},
        {"walled_profile": "a\nb"},
    ],
)
def test_the_form_refuses_what_could_reach_our_own_servers(client, noc, settings, wrong):
    settings.SIMULATORS = False

    response = client.post(reverse("staff_network:add-router"), typed(**wrong))

    assert response.status_code == 422
    assert not Router.objects.exists()


def test_editing_asks_for_a_reason_and_keeps_the_password(client, noc):
    client.post(reverse("staff_network:add-router"), typed())
    router = Router.objects.get()
    address = reverse("staff_network:edit-router", args=[router.pk])
    values = typed(branch=router.branch_id, password="", site="Roof")

    assert client.post(address, values).status_code == 422
    assert client.post(address, {**values, "reason": "Moved to the roof"}).status_code == 302

    router.refresh_from_db()
    assert (router.site, connections.password_of(router)) == ("Roof", "s3cret-pass")


def test_the_stored_password_is_not_sent_to_another_address(client, noc):
    client.post(reverse("staff_network:add-router"), typed())
    router = Router.objects.get()
    moved = typed(branch=router.branch_id, password="", host="10.66.66.66")

    tried = client.post(reverse("staff_network:try-router"), {**moved, "router": router.pk})
    saved = client.post(
        reverse("staff_network:edit-router", args=[router.pk]),
        {**moved, "reason": "Moved to the roof"},
    )

    assert "needs the password" in tried.content.decode()
    assert saved.status_code == 422
    router.refresh_from_db()
    assert router.host == "10.1.1.1"


def test_the_connection_is_tried_as_typed_step_by_step(client, noc, farm):
    endpoint = farm.endpoint("r1")
    values = typed(
        host=endpoint["host"], port=endpoint["port"], username="ispbill", password="router-password"
    )

    good = client.post(reverse("staff_network:try-router"), values).content.decode()
    bad = client.post(reverse("staff_network:try-router"), {**values, "password": "x"})

    assert "Connected to" in good
    assert "refused the login" in bad.content.decode()
    assert not Router.objects.exists()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("refuse", "no RouterOS API answers there"),
        ("wrong_password", "refused the login"),
        ("hang", "does not answer"),
    ],
)
def test_the_kept_router_is_tried_with_a_clear_diagnosis(client, noc, farm, router, fault, words):
    farm.fault("r1", fault)

    page = client.post(reverse("staff_network:test-router", args=[router.pk])).content.decode()

    assert words in page


def test_lines_are_shown_wanted_and_confirmed(client, noc):
    line = AccessFactory()

    page = client.get(reverse("staff_network:router", args=[line.router_id])).content.decode()

    assert line.username in page
    assert "Being switched on…" in page


def test_the_log_tells_what_was_told_and_why(client, noc, farm, router):
    line = AccessFactory(router=router, desired_by_name="Nadia", desired_reason="New customer")
    push.push_router(router_id=router.pk, now=lambda: NOW)

    page = client.get(reverse("staff_network:router-log", args=[router.pk])).content.decode()

    assert "Nadia: New customer" in page
    assert line.customer.number in page


def test_retry_calls_a_router_that_is_being_left_alone(client, noc, rings):
    line = AccessFactory(is_on_hold=True, attempts=5, next_attempt_at=NOW)
    Router.objects.update(next_attempt_at=datetime(2099, 1, 1, tzinfo=UTC), status="OFFLINE")

    client.post(reverse("staff_network:retry-router", args=[line.router_id]))

    line.refresh_from_db()
    assert (line.is_on_hold, line.router.next_attempt_at) == (False, None)
    assert rings == [("network.check_router", {"router_id": line.router_id})]


@pytest.mark.parametrize("tab", ["router", "router-drift", "router-log"])
def test_a_tab_is_a_page_of_its_own_and_a_fragment_for_htmx(client, noc, tab):
    line = AccessFactory()
    address = reverse(f"staff_network:{tab}", args=[line.router_id])

    whole = client.get(address).content.decode()
    part = client.get(address, headers={"HX-Request": "true", "HX-Target": "tab-body"})

    assert ("<html" in whole, "<html" in part.content.decode()) == (True, False)


def test_what_a_router_answered_that_is_new_to_us_is_shown(client, noc):
    note = ProtocolNoteFactory(name="quantum-state", sample="xxxx xx 9")
    ProtocolNoteFactory(router=note.router, kind="ANSWER", name="", sample='[{"name": "xxxxx"}]')
    ProtocolNoteFactory(name="of-another-router")

    page = client.get(reverse("staff_network:router-answers", args=[note.router.pk])).text

    assert "quantum-state" in page
    assert "xxxx xx 9" in page
    assert "Sample of /ppp/secret" in page
    assert "of-another-router" not in page


def test_a_router_with_nothing_new_says_so_and_for_how_long_it_is_looked_at(client, noc, settings):
    settings.ROUTER_RECORDING_DAYS = 9

    page = client.get(reverse("staff_network:router-answers", args=[RouterFactory().pk])).text

    assert "Nothing it answered is new to us" in page
    assert "In its first 9 days here" in page


@pytest.mark.parametrize(("role", "status"), [("NOC", 200), ("AUDITOR", 200), ("CASHIER", 403)])
def test_who_may_see_what_is_new(client, role, status):
    router = RouterFactory()
    client.force_login(UserFactory(role=role))

    found = client.get(reverse("staff_network:router-answers", args=[router.pk]))

    assert found.status_code == status


def test_a_manager_sees_nothing_of_another_branch_s_router(client):
    client.force_login(UserFactory(role="BRANCH_MANAGER", branch=BranchFactory()))

    found = client.get(reverse("staff_network:router-answers", args=[RouterFactory().pk]))

    assert found.status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_what_is_new_is_read_at_one_cost(client, noc, count, django_assert_max_num_queries):
    router = RouterFactory()
    ProtocolNoteFactory.create_batch(count, router=router)

    with django_assert_max_num_queries(12):
        client.get(reverse("staff_network:router-answers", args=[router.pk]))
