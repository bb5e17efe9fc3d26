"""A line has a prefix of IPv6 to itself, told by RADIUS, and any address of it finds the line."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.postgres.fields.ranges import DateTimeTZRange
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given as each
from hypothesis import strategies as st

from ispbill.accounts.models import User
from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from network.addresses.models import IpAssignment, IpPool
from network.addresses.queries import pools as queries
from network.addresses.queries import tracing
from network.addresses.rules import blocks
from network.addresses.services import assigning, pools
from network.addresses.services.assigning import AddressRefused, Kind, NewLine
from network.models import Access
from network.radius.services import routers
from network.radius.services.routers import NasRefused
from network.services import moving
from network.services.lines import LineRefused
from tests.factories.accounts import UserFactory
from tests.factories.customers import SubscriptionFactory
from tests.factories.network import AccessFactory, RouterFactory
from tests.factories.radius import RadiusNasFactory, RadiusSessionFactory
from tests.queued import instead_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 20, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
BLOCK = "2001:db8:1200::/40"
FIRST, SECOND = "2001:db8:1200::/56", "2001:db8:1200:100::/56"
WHY = "A business with a network of its own"
ACT = Act(None, NOW, reason=WHY)


@pytest.fixture(autouse=True)
def rings(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return instead_of(monkeypatch, "network.push_router")


@pytest.fixture
def pool():
    return IpPool.objects.create(name="Prefixes", cidr=BLOCK, kind="DELEGATED")


@pytest.fixture
def nas():
    return RadiusNasFactory()


@pytest.fixture
def line(nas):
    return AccessFactory(router=nas.router)


def given(line, pool, address="", at=NOW):
    act = Act(None, at, reason=WHY)
    return assigning.assign(line=line, pool=pool, address=address, act=act).address


def released(line, at):
    act = Act(None, at, reason="The office is closed")
    assigning.release(line=line, act=act, kind=Kind.DELEGATED)


# --- which prefix is next


def test_a_40_has_65_536_prefixes_of_56(pool, line):
    assert queries.stand(pool, at=NOW).free == 65_536

    given(line, pool)

    assert queries.stand(pool, at=NOW).free == 65_535


@pytest.mark.parametrize(
    ("taken", "reserved", "found"),
    [
        ([], 0, FIRST),
        ([], 1, SECOND),
        ([FIRST], 0, SECOND),
        ([SECOND], 0, FIRST),
        (["2001:db8:1200:17::/64"], 0, SECOND),  # somebody has a part of the first
        (["2001:db8:1200::/54"], 0, "2001:db8:1200:400::/56"),
        (["2001:db8:1200::/54", "2001:db8:1200:100::/56"], 0, "2001:db8:1200:400::/56"),
        (["2001:db8:1200::/40"], 0, ""),
        (["2001:db8:9900::/40"], 0, FIRST),
    ],
)
def test_the_next_prefix_is_the_lowest_of_which_nobody_has_anything(taken, reserved, found):
    assert blocks.next_free_prefix(BLOCK, length=56, reserved=reserved, taken=taken) == found


@each(
    taken=st.lists(st.tuples(st.integers(0, 255), st.integers(56, 64)), max_size=12),
    reserved=st.integers(0, 4),
)
def test_the_next_prefix_is_what_looking_at_each_in_turn_would_find(taken, reserved):
    block = "2001:db8:0:ff00::/56"
    held = [blocks.covering(f"2001:db8:0:ff{place:02x}::")[length - 15] for place, length in taken]
    every = [f"2001:db8:0:ff{place:02x}::/60" for place in range(0, 256, 16)]
    free = [one for one in every[reserved:] if not blocks.overlaps(one, held)]

    found = blocks.next_free_prefix(block, length=60, reserved=reserved, taken=held)

    assert found == (free[0] if free else "")


# --- giving and taking back


def test_the_next_free_prefix_goes_to_the_line_beside_its_address(pool, line, nas):
    public = IpPool.objects.create(name="Public", cidr="203.0.113.0/24", kind="PUBLIC")
    second = AccessFactory(router=nas.router)
    given(line, public)

    assert (given(line, pool), given(second, pool)) == (FIRST, SECOND)

    line.refresh_from_db()
    assert (line.static_ip, line.delegated_prefix) == ("203.0.113.1", FIRST)
    assert (line.generation, line.is_in_doubt) == (3, True)
    assert dict(line.subscription.ip_assignments.values_list("address", "kind")) == {
        "203.0.113.1": "STATIC",
        FIRST: "DELEGATED",
    }
    assert AuditEvent.objects.filter(action="line.prefix_changed").count() == 2


def test_a_released_prefix_rests_a_week_and_its_history_stays(pool, line, nas):
    other = AccessFactory(router=nas.router)
    given(line, pool)
    released(line, NOW + DAY)

    assert Access.objects.get(pk=line.pk).delegated_prefix is None
    assert queries.stand(pool, at=NOW + 2 * DAY).resting == 1
    with pytest.raises(AddressRefused):
        given(other, pool, FIRST, at=NOW + 7 * DAY)
    assert given(other, pool, at=NOW + 9 * DAY) == FIRST
    before, now = IpAssignment.objects.order_by("span")
    assert (before.is_held, before.release_reason, now.is_held) == (
        False,
        "The office is closed",
        True,
    )


def test_another_prefix_releases_the_first_and_an_ended_service_both(pool, line):
    public = IpPool.objects.create(name="Public", cidr="203.0.113.0/24", kind="PUBLIC")
    given(line, public)
    given(line, pool)
    given(line, pool, "2001:db8:12ff:ff00::/56", at=NOW + DAY)
    held = [one.address for one in queries.held(pool)]
    line.subscription.__class__.objects.filter(pk=line.subscription_id).update(
        status="CANCELLED", cancelled_on=NOW.date()
    )

    assert held == ["2001:db8:12ff:ff00::/56"]
    assert assigning.release_ended(at=NOW + 2 * DAY) == 2
    assert queries.held(pool) == queries.held(public) == []


@pytest.mark.parametrize(
    "prefix",
    [
        "2001:db8:1200:200::/57",  # not so long
        "2001:db8:1200::/40",
        "2001:db8:1200:200::1",
        "2001:db8:1200:201::/56",  # no prefix of that length begins there
        "2001:db8:9900::/56",  # of another block
        "10.0.0.0/24",
        FIRST,  # kept
        SECOND,  # held
        "2001:db8:1200:300::/56",  # in somebody's session
    ],
)
def test_what_cannot_be_given_is_refused(pool, line, nas, prefix):
    IpPool.objects.update(reserved=1)
    given(AccessFactory(router=nas.router), pool)
    RadiusSessionFactory(line__router=nas.router, ipv6_prefix="2001:db8:1200:3f0::/60")
    RadiusSessionFactory(line=line, ipv6_prefix="2001:db8:1200:400::/56")

    with pytest.raises(AddressRefused):
        given(line, pool, prefix)
    assert given(line, pool) == "2001:db8:1200:200::/56"
    assert given(line, pool, "2001:db8:1200:400::/56", at=NOW + DAY) == "2001:db8:1200:400::/56"


def test_a_pool_without_a_free_prefix_says_so(line, nas):
    small = IpPool.objects.create(
        name="Small", cidr="2001:db8:1::/56", kind="DELEGATED", delegated_length=56
    )
    given(line, small)

    with pytest.raises(AddressRefused):
        given(AccessFactory(router=nas.router), small)
    assert queries.stand(small, at=NOW).is_nearly_full


# --- what the database keeps


@pytest.mark.parametrize("address", [FIRST, "2001:db8:1200::/52", "2001:db8:1200:10::/60"])
def test_the_database_lets_no_two_prefixes_overlap_in_time(pool, line, nas, address):
    given(line, pool)
    other = AccessFactory(router=nas.router)

    with pytest.raises(IntegrityError, match="ip_address_held_once"), transaction.atomic():
        _assigned(other, pool, address)


def test_the_database_refuses_an_address_within_somebodys_prefix(pool, line, nas):
    given(line, pool)

    with pytest.raises(IntegrityError, match="ip_address_held_once"), transaction.atomic():
        _assigned(AccessFactory(), pool, "2001:db8:1200:7::1", kind="STATIC")


@pytest.mark.parametrize(
    ("address", "kind"),
    [(FIRST, "STATIC"), ("10.0.0.0/24", "DELEGATED"), ("2001:db8::/65", "DELEGATED")],
)
def test_the_database_knows_an_address_from_a_prefix(pool, line, address, kind):
    with pytest.raises(IntegrityError, match="is_an_address_or_a_prefix"), transaction.atomic():
        _assigned(line, pool, address, kind=kind)


def _assigned(line, pool, address, kind="DELEGATED"):
    return IpAssignment.objects.create(
        address=address,
        kind=kind,
        pool=pool,
        subscription=line.subscription,
        customer=line.customer,
        span=DateTimeTZRange(NOW + DAY, None),
        given_by_name="x",
        reason=WHY,
    )


@pytest.mark.parametrize(
    "facts",
    [
        {"cidr": "10.0.0.0/8"},
        {"cidr": "2001:db8:2::/57"},
        {"cidr": "2001:db8:2::/48", "delegated_length": 65},
        {"cidr": "2001:db8:2::/48", "gateway": "2001:db8:2::1"},
    ],
)
def test_a_pool_has_the_prefixes_it_gives(facts):
    with pytest.raises(IntegrityError, match="has_the_prefixes"), transaction.atomic():
        IpPool.objects.create(name="x", kind="DELEGATED", **facts)


def test_no_pool_within_a_block_of_prefixes(pool):
    inner = IpPool(name="Inner", cidr="2001:db8:1234::/48", kind="PUBLIC")

    with pytest.raises(DomainError):
        pools.add(pool=inner, act=ACT)


# --- whom a prefix can be told


@pytest.mark.parametrize("method", ["PPPOE", "QUEUE", "DHCP", "HOTSPOT"])
def test_lines_on_the_router_itself_are_refused_one(pool, method):
    facts = {"static_ip": "10.0.0.9", "mac_address": "C0:25:E9:12:34:56"}
    line = AccessFactory(method=method, **facts)

    with pytest.raises(LineRefused, match="RADIUS"):
        given(line, pool)
    assert IpAssignment.objects.count() == 0


@pytest.mark.parametrize("method", ["QUEUE", "DHCP", "HOTSPOT"])
def test_a_queue_lease_or_hotspot_of_a_router_with_radius_is_refused_one(pool, nas, method):
    facts = {"static_ip": "10.0.0.9", "mac_address": "C0:25:E9:12:34:56"}
    line = AccessFactory(router=nas.router, method=method, **facts)

    with pytest.raises(LineRefused, match="RADIUS"):
        given(line, pool)
    with pytest.raises(IntegrityError, match="can_be_told"), transaction.atomic():
        Access.objects.filter(pk=line.pk).update(delegated_prefix=FIRST, generation=9)


def test_a_line_with_a_prefix_stays_where_it_can_be_told(pool, line, nas):
    line.static_ip = "10.0.0.9"
    line.save()
    given(line, pool)
    elsewhere = RadiusNasFactory().router

    with pytest.raises(LineRefused, match="RADIUS"):
        moving.change_method(line=line, method="QUEUE", act=ACT)
    with pytest.raises(LineRefused, match="RADIUS"):
        assigning.move(line=line, router=RouterFactory(), act=ACT)
    with pytest.raises(NasRefused):
        routers.leave(router=nas.router, act=ACT)
    assert assigning.move(line=line, router=elsewhere, act=ACT).delegated_prefix == FIRST
    routers.leave(router=nas.router, act=ACT)


def test_a_new_lines_address_is_of_no_pool_of_prefixes(pool, nas):
    new = NewLine(router=nas.router, method="PPPOE", username="n", password="p", pool=pool)

    with pytest.raises(AddressRefused):
        assigning.connect(subscription=SubscriptionFactory(), new=new, act=ACT)


# --- who had it


def asked(address, moment):
    return [
        (one.subscription.pk, one.address, one.is_certain)
        for one in tracing.who(address=address, moment=moment)
    ]


def test_an_address_within_a_fixed_prefix_finds_the_line(pool, line):
    given(line, pool)
    released(line, NOW + DAY)
    found = [(line.subscription_id, FIRST, True)]

    assert asked("2001:db8:1200:ff:1::9", NOW + timedelta(hours=1)) == found
    assert asked("2001:db8:1200:ff:1::9", NOW - timedelta(hours=1)) == []
    assert asked("2001:db8:1200:ff:1::9", NOW + 2 * DAY) == []
    assert asked("2001:db8:1200:100::", NOW + timedelta(hours=1)) == []


def test_the_palette_finds_the_line_that_has_an_address_within_its_prefix(pool, line, client):
    given(line, pool)
    client.force_login(UserFactory(role=User.Role.NOC))

    def found(text):
        return client.get(reverse("staff:search"), {"q": text}).content.decode()

    clock.set_simulated(NOW + timedelta(hours=1))
    assert line.username in found("2001:db8:1200:ff:1::9")
    assert line.username not in found("2001:db8:1200:100::")
    assert line.username not in found("2001:db8:::9")


def test_an_address_within_a_sessions_prefix_finds_it_as_accounting_told(at):
    session = RadiusSessionFactory(
        address="10.20.0.7",
        ipv6_prefix="2001:db8:77:40::/60",
        began_at=at,
        last_at=at + timedelta(hours=1),
    )
    who = session.line.subscription_id

    assert asked("2001:db8:77:4f::1", at + timedelta(minutes=30)) == [
        (who, "2001:db8:77:40::/60", True)
    ]
    assert asked("2001:db8:77:50::1", at + timedelta(minutes=30)) == []
    assert asked("10.20.0.7", at + timedelta(minutes=30)) == [(who, "10.20.0.7", True)]


# --- pages


def test_the_pages_give_show_export_and_release(client, line):
    client.force_login(UserFactory(role="OWNER"))
    asked_for = {"name": "Prefixes", "cidr": BLOCK, "kind": "DELEGATED", "reserved": 0}
    usual = {"ports_each": 4032, "first_port": 1024, "delegated_length": 56}
    add = reverse("staff_network:add-pool")
    wrong = {"cidr": "10.0.0.0/8"}, {"delegated_length": 39}, {"gateway": "2001:db8:1200::1"}
    refused = [client.post(add, asked_for | usual | facts).status_code for facts in wrong]
    assert (refused, client.post(add, asked_for | usual).status_code) == ([422] * 3, 302)
    pool = IpPool.objects.get()
    page = reverse("staff_network:pool", args=[pool.pk])
    assert (FIRST in client.get(page).text, "/56" in client.get(page).text) == (True, True)

    give = reverse("staff_network:assign-address", args=[line.pk])
    assert client.post(give, {"pool": pool.pk, "reason": WHY, "address": "a/b"}).status_code == 422
    assert client.post(give, {"pool": pool.pk, "reason": WHY}).status_code == 302
    panel = reverse("staff_network:customer-panel", args=[line.customer.number])
    release = reverse("staff_network:release-prefix", args=[line.pk])
    assert (FIRST in client.get(panel).text, release in client.get(panel).text) == (True, True)
    assert line.customer.name in client.get(page).text
    question = {"case_number": "GD-17/2026", "address": "2001:db8:1200:ff::1", "reason": WHY}
    question |= {"moment": NOW.isoformat(), "as_file": "1"}
    rows = client.post(reverse("staff_network:trace-address"), question).text.splitlines()
    assert rows[1].split(",")[:4] == ["certain", FIRST, "yes", line.customer.number]
    assert client.post(release, {"reason": "The office is closed"}).status_code == 302

    assert Access.objects.get().delegated_prefix is None


def test_the_page_says_which_line_cannot_have_one(client, pool, line):
    client.force_login(UserFactory(role="NOC"))
    plain = AccessFactory()
    said = "This line cannot have a fixed IPv6 prefix"

    give = reverse("staff_network:assign-address", args=[plain.pk])
    answer = client.post(give, {"pool": pool.pk, "reason": WHY})

    assert (answer.status_code, "PPPoE login at RADIUS only" in answer.text) == (422, True)
    assert said in client.get(give).text
    assert said not in client.get(reverse("staff_network:assign-address", args=[line.pk])).text
