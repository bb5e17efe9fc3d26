"""Staff see how a line is brought to its customer, and change it with a reason."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.devtools.sandbox.routeros import RouterFarm, RouterSpec
from network.addresses.models import IpAssignment, IpPool
from network.models import Access, Leftover, Router
from network.services import push
from network.services.lines import password_of
from tests.factories.accounts import BranchFactory, UserFactory
from tests.factories.customers import SubscriptionFactory
from tests.network.farms import known
from tests.network.methods import line_of
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def rung(monkeypatch):
    rung = []
    instead_of(monkeypatch, "network.push_router", lambda kwargs: rung.append(kwargs["router_id"]))
    return rung


@pytest.fixture
def farm():
    with RouterFarm([RouterSpec(name="r1", dial_delay=(0.0, 0.0))]) as farm:
        yield farm


@pytest.fixture
def router(farm):
    return known(farm, "r1")


@pytest.fixture
def noc(client):
    user = UserFactory(role="NOC")
    client.force_login(user)
    return user


def panel(client, line):
    address = reverse("staff_network:customer-panel", args=[line.customer.number])
    return client.get(address).content.decode()


def change(client, line, **values):
    return client.post(
        reverse("staff_network:line-method", args=[line.pk]),
        {"method": "QUEUE", "mac_address": "", "reason": "Fibre instead of the mast", **values},
    )


def test_the_panel_shows_what_the_method_is_made_of(client, noc, router):
    line = line_of(router, "DHCP")

    page = panel(client, line)

    assert "DHCP lease by MAC" in page
    assert "10.20.0.7" in page
    assert "C0:25:E9:00:00:07" in page
    assert reverse("staff_network:restart-line", args=[line.pk]) not in page


def test_a_method_is_changed_with_a_reason_and_stands_in_the_trail(client, noc, router, rung):
    line = line_of(router, "PPPOE", static_ip="10.20.0.7")

    answer = change(client, line)

    line.refresh_from_db()
    event = AuditEvent.objects.get(action="line.method_changed")
    assert (answer.status_code, line.method, rung) == (302, "QUEUE", [router.pk])
    assert (event.before["method"], event.after["method"]) == ("PPPOE", "QUEUE")
    assert event.reason == "Fibre instead of the mast"
    assert Leftover.objects.get().method == "PPPOE"


@pytest.mark.parametrize(
    ("method", "mac", "words"),
    [
        ("QUEUE", "", "needs a fixed address"),
        ("DHCP", "C0-25-E9-00-00-01", "needs a fixed address"),
        ("DHCP", "nonsense", "A MAC address looks like"),
    ],
)
def test_a_method_that_lacks_what_it_is_made_of_is_refused(client, noc, router, method, mac, words):
    line = line_of(router, "PPPOE", mac_address="")

    answer = change(client, line, method=method, mac_address=mac)

    line.refresh_from_db()
    assert answer.status_code in (409, 422)
    assert words in answer.content.decode()
    assert line.method == "PPPOE"


def test_without_a_reason_or_the_right_nothing_changes(client, noc, router):
    line = line_of(router, "PPPOE", static_ip="10.20.0.7")

    unexplained = change(client, line, reason="")
    client.force_login(UserFactory(role="CASHIER"))
    forbidden = change(client, line)

    line.refresh_from_db()
    assert (unexplained.status_code, forbidden.status_code, line.method) == (422, 403, "PPPOE")


@pytest.mark.parametrize(
    ("method", "seen"),
    [("QUEUE", "10.20.0.7"), ("DHCP", "C0:25:E9:00:00:07"), ("HOTSPOT", "C0:25:E9:")],
)
def test_what_a_line_does_now_is_asked_of_what_its_method_has(
    client, noc, farm, router, method, seen
):
    line = line_of(router, method)
    push.push_router(router_id=router.pk, now=clock.now)
    farm.advance(60)
    cache.clear()

    page = client.get(reverse("staff_network:line-session", args=[line.pk])).content.decode()

    assert seen in page
    assert "bit/s" in page
    assert "<strong>0 bit/s" not in page
    assert "Offline" not in page


def test_a_burst_that_is_no_faster_than_the_speed_is_refused(client, noc, farm, router):
    values = {
        "name": "r1",
        "branch": router.branch_id,
        "host": router.host,
        "port": router.port,
        "username": "ispbill",
        "suspend_mode": "ADDRESS_LIST",
        "default_method": "QUEUE",
        "walled_profile": "EXPIRED",
        "is_enabled": "on",
        "reason": "The mast is fed by queues now",
    }
    address = reverse("staff_network:edit-router", args=[router.pk])

    refused = client.post(address, {**values, "burst_percent": "90"})
    taken = client.post(address, {**values, "burst_percent": "150", "burst_seconds": "8"})

    router = Router.objects.get()
    assert (refused.status_code, taken.status_code) == (422, 302)
    assert (router.default_method, router.suspend_mode) == ("QUEUE", "ADDRESS_LIST")
    assert (router.burst_percent, router.burst_seconds) == (150, 8)


def connect(client, service, router, **values):
    given = {"router": router.pk, "method": "", "username": "amina", "reason": "New connection"}
    return client.post(
        reverse("staff_network:connect-service", args=[service.pk]), {**given, **values}
    )


def test_a_service_gets_its_line_as_the_routers_lines_usually_are(client, noc, router, rung):
    service = SubscriptionFactory(status="ACTIVE")
    page = panel(client, service)

    answer = connect(client, service, router)

    line = Access.objects.get(subscription=service)
    assert reverse("staff_network:connect-service", args=[service.pk]) in page
    assert (answer.status_code, line.method, line.desired_state) == (302, "PPPOE", "OPEN")
    assert len(password_of(line)) == 12
    assert rung == [router.pk]


def test_a_lease_takes_the_lowest_free_address_of_its_pool(client, noc, router):
    Router.objects.update(default_method="DHCP")
    service = SubscriptionFactory(status="ACTIVE")
    pool = IpPool.objects.create(
        name="Leases", cidr="10.20.0.0/24", kind="PRIVATE", gateway="10.20.0.1"
    )

    homeless = connect(client, service, router, mac_address="c0-25-e9-00-00-01")
    answer = connect(client, service, router, mac_address="c0-25-e9-00-00-01", pool=pool.pk)

    line = Access.objects.get(subscription=service)
    assert (homeless.status_code, answer.status_code) == (422, 302)
    assert (line.method, line.static_ip, line.mac_address, line.desired_state) == (
        "DHCP",
        "10.20.0.2",
        "C0:25:E9:00:00:01",
        "OPEN",
    )
    assert IpAssignment.objects.get().address == "10.20.0.2"


def test_a_service_with_a_line_or_of_another_branch_cannot_be_connected(client, noc, router):
    taken = line_of(router, "PPPOE").subscription
    other = SubscriptionFactory(status="ACTIVE")
    manager = UserFactory(role="BRANCH_MANAGER", branch=BranchFactory())

    first = connect(client, taken, router).status_code
    client.force_login(manager)
    second = connect(client, other, router).status_code

    assert first == 404
    assert second in (403, 404)
