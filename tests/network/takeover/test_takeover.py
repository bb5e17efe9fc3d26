"""Users a router had before us find their customers; being written down cuts nobody off."""

import pytest
from django.urls import reverse

from customers.models import Customer, Subscription
from ispbill.core import clock
from network.models import Access, Router
from network.services import push, reconcile
from network.takeover.models import FoundUser
from network.takeover.rules import matching
from network.takeover.rules.matching import How, Service, User
from network.takeover.services import reading, taking
from network.takeover.services.taking import NewOnes
from tests.factories.accounts import UserFactory
from tests.factories.customers import (
    AreaFactory,
    PackageFactory,
    PackagePriceFactory,
    SubscriptionFactory,
)
from tests.factories.network import AccessFactory
from tests.network.farms import secret
from tests.network.methods import line_of, own
from tests.queued import instead_of

ANY = [Service(1, "amina", "CT-2026-00001", ("+8801711000001",), "10.0.0.9", "AA:BB:CC:00:00:01")]
WHY = "Customers of the old router"


@pytest.mark.parametrize(
    ("user", "how"),
    [
        (User("x", comment="ispbill:1 old"), How.MARK),
        (User("amina"), How.NAME),
        (User(" Amina "), How.SPELLING),
        (User("x", address="10.0.0.9"), How.ADDRESS),
        (User("x", caller_id="aa-bb-cc-00-00-01"), How.MAC),
        (User("x", comment="Amina, 01711-000001"), How.PHONE),
        (User("01711000001"), How.PHONE),
        (User("x", comment="ct-2026-00001"), How.NUMBER),
        (User("x", comment="the landlord"), None),
    ],
)
def test_what_a_user_is_matched_by(user, how):
    found = matching.match([user], ANY)[user.name]

    assert (found.how, found.services) == (how, (1,) if how else ())
    assert how is None or how.is_certain is (how in (How.MARK, How.NAME))


def test_two_users_of_one_service_are_ambiguous_unless_one_is_certain():
    by_phone = [User("a", comment="01711000001"), User("b", comment="+880 1711 000001")]
    assert {len(one.services) for one in matching.match(by_phone, ANY).values()} == {2}

    found = matching.match([User("amina"), *by_phone[:1]], ANY)
    assert (len(found["amina"].services), len(found["a"].services)) == (1, 2)


def test_a_name_is_what_is_left_of_a_comment():
    assert matching.name_in("Karim Uddin, 01811-223344", otherwise="x") == "Karim Uddin"
    assert matching.name_in("01811-223344", otherwise="x") == "x"


@pytest.fixture
def owner(monkeypatch, at):
    monkeypatch.setattr(clock, "now", lambda: at)
    return UserFactory(role="OWNER")


def taken(router, owner, at, new=None):
    return taking.take_all(router_id=router.pk, new=new, actor=owner, reason=WHY, now=lambda: at)


def start(client, router, **values):
    ids = list(FoundUser.objects.values_list("pk", flat=True))
    address = reverse("staff_network:router-users", args=[router.pk])
    return client.post(address, {"users": ids, "reason": WHY} | values)


@pytest.mark.django_db(transaction=True)  # no transaction is open to a router
def test_from_the_router_to_lines_and_new_customers(client, farm, router, owner, at, monkeypatch):
    instead_of(monkeypatch, "network.push_router")
    instead_of(monkeypatch, "network.take_over_users")
    known = SubscriptionFactory(
        status="ACTIVE", connection_id="amina", customer__number="CT-2025-90001"
    )
    package = PackageFactory(router_profile="default")
    PackagePriceFactory(package=package)
    other = PackageFactory()
    PackagePriceFactory(package=other)
    area = AreaFactory()
    farm.add_secret("r1", "amina", password="theirs", profile="default", comment="Amina")
    farm.add_secret("r1", "karim", profile="default", comment="Karim Uddin 01811-223344")
    farm.add_secret("r1", "nobody", comment="the landlord")
    farm.add_secret("r1", "left", comment="Left, 01911-223345", disabled="yes")
    client.force_login(owner)

    client.post(reverse("staff_network:read-router-users", args=[router.pk]))
    page = client.get(reverse("staff_network:router-users", args=[router.pk])).content.decode()
    assert ("the same connection" in page, "Karim Uddin" in page) == (True, True)
    assert Access.objects.count() == 0
    assert start(client, router, area=area.pk).status_code == 422
    new = {"area": area.pk, "package": other.pk, "address": "Road 3"}
    assert start(client, router, **new).status_code == 302

    done = taken(router, owner, at, NewOnes(area.pk, other.pk, "Road 3"))

    assert done == (3, 1)
    failed = FoundUser.objects.get(state="FAILED")
    assert (failed.name, "phone" in failed.error) == ("nobody", True)
    assert Access.objects.get(username="amina").subscription == known
    karim = Customer.objects.get(phone="+8801811223344")
    service = Subscription.objects.get(customer=karim)
    assert (karim.name, service.status, service.connection_id) == (
        "Karim Uddin",
        "PENDING",
        "karim",
    )
    lines = dict(Access.objects.values_list("username", "desired_state"))
    assert lines == {"amina": "OPEN", "karim": "OPEN", "left": "WALLED"}

    farm.clear_log("r1")
    push.push_router(router_id=router.pk, now=lambda: at)
    row = secret(farm, "r1", "amina")
    assert row["comment"].startswith(f"ispbill:{known.pk}")
    assert secret(farm, "r1", "karim")["disabled"] is False
    assert "password" not in str([one for one in farm.log("r1") if "set" in one["command"]])
    assert secret(farm, "r1", "nobody")["comment"] == "the landlord"

    assert reading.read(router=router, at=at) == ""  # and once more adds nothing
    assert set(FoundUser.objects.exclude(state="DONE").values_list("name", flat=True)) == {"nobody"}
    assert Customer.objects.filter(phone="+8801811223344").count() == 1
    assert taken(router, owner, at) == (0, 0)


@pytest.mark.django_db
def test_a_suspended_customer_stays_suspended_and_strangers_stay_out(client, router, owner):
    service = SubscriptionFactory(connection_id="babul")
    user = FoundUser.objects.create(
        router=router,
        name="babul",
        is_disabled=False,
        read_at=clock.now(),
        match="CERTAIN",
        how="name",
        subscription=service,
    )
    nobody = FoundUser.objects.create(
        router=router, name="z", is_disabled=False, read_at=clock.now()
    )
    manager = UserFactory(role="NOC")
    client.force_login(manager)
    address = reverse("staff_network:name-router-user", args=[nobody.pk])
    assert client.post(address, {"new_name": "Z", "new_phone": "12"}).status_code == 422
    client.post(address, {"new_name": "Zara", "new_phone": "01711000077"})
    nobody.refresh_from_db()
    assert (nobody.new_name, nobody.new_phone) == ("Zara", "+8801711000077")
    far = UserFactory(role="BRANCH_MANAGER", branch=AccessFactory().router.branch)
    client.force_login(far)
    assert client.get(address).status_code in (403, 404)
    assert user.subscription_id == service.pk


@pytest.mark.django_db(transaction=True)
def test_queues_leases_and_hotspot_users_are_found_where_lines_are_made_of_them(farm, router, at):
    Router.objects.update(default_method="DHCP")
    router.refresh_from_db()
    line_of(router, "HOTSPOT", 99)
    farm.add_row("r1", "/queue/simple", name="amina", target="10.20.0.8", max_limit="5M/20M")
    farm.add_row("r1", "/queue/simple", name="everybody", target="10.20.0.0/24")
    farm.add_row("r1", "/queue/simple", name="babul", target="10.20.0.9", max_limit="1M/1M")
    farm.add_row(
        "r1", "/ip/dhcp-server/lease", address="10.20.0.8", mac_address="C0:25:E9:00:00:08"
    )
    farm.add_row("r1", "/ip/hotspot/user", name="chitra", profile="default", password="x")

    assert reading.read(router=router, at=at) == ""

    rows = FoundUser.objects.values_list("name", "method", "address", "caller_id", "limit")
    assert sorted(rows) == [
        ("amina", "DHCP", "10.20.0.8", "C0:25:E9:00:00:08", "5000000/20000000"),
        ("babul", "QUEUE", "10.20.0.9", "", "1000000/1000000"),
        ("chitra", "HOTSPOT", "", "", ""),
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("method", ["DHCP", "QUEUE", "HOTSPOT"])
def test_a_queue_a_lease_or_a_hotspot_user_becomes_a_line_with_our_mark(farm, router, at, method):
    Router.objects.update(default_method=method)
    router.refresh_from_db()
    service = SubscriptionFactory(connection_id="amina", status="ACTIVE")
    if method != "HOTSPOT":
        farm.add_row("r1", "/queue/simple", name="amina", target="10.20.0.8", max_limit="5M/20M")
    if method == "DHCP":
        farm.add_row(
            "r1", "/ip/dhcp-server/lease", address="10.20.0.8", mac_address="C0:25:E9:00:00:08"
        )
    if method == "HOTSPOT":
        farm.add_row("r1", "/ip/hotspot/user", name="amina", profile="default", password="x")
    reading.read(router=router, at=at)
    (row,) = FoundUser.objects.all()
    FoundUser.objects.update(state="CHOSEN")

    done = taking.take_all(
        router_id=router.pk, new=None, actor=None, reason="Taken over", now=lambda: at
    )
    push.push_router(router_id=router.pk, now=lambda: at)

    line = Access.objects.get()
    assert (done, row.match, line.method) == ((1, 0), "CERTAIN", method)
    assert line.is_settled, line.last_error
    menus = {"DHCP": ("queue", "lease"), "QUEUE": ("queue",), "HOTSPOT": ("hotspot",)}[method]
    for menu in menus:
        (kept,) = own(farm, menu)
        assert kept["comment"].startswith(f"ispbill:{service.pk}")
    assert reconcile.compare(router=router) == []
