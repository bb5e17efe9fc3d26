"""An address is held once at a time, rests before it goes on, and is found again for a case."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.postgres.fields.ranges import DateTimeTZRange
from django.db import IntegrityError, transaction
from django.urls import reverse

from ispbill.audit.models import AuditEvent
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError, ReasonMissing
from network.addresses.models import AddressTrace, IpAssignment, IpPool
from network.addresses.queries import pools as queries
from network.addresses.queries import tracing
from network.addresses.rules import blocks
from network.addresses.services import assigning, pools
from network.addresses.services.assigning import AddressRefused
from network.models import Access
from network.usage.models import LineSession, UsageCounter
from tests.factories.accounts import UserFactory
from tests.factories.network import AccessFactory
from tests.queued import instead_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 20, 9, 30, tzinfo=UTC)
BLOCK = "203.0.113.0/24"
WHY = "A camera that must be reached"


@pytest.fixture(autouse=True)
def rings(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return instead_of(monkeypatch, "network.push_router")


@pytest.fixture
def pool():
    return IpPool.objects.create(
        name="Public", cidr=BLOCK, kind="PUBLIC", gateway="203.0.113.1", reserved=10
    )


def given(line, pool, address="", at=NOW):
    return assigning.assign(
        line=line, pool=pool, address=address, act=Act(None, at, reason=WHY)
    ).address


def test_a_24_with_a_gateway_and_ten_reserved_has_243(pool):
    assert blocks.free_count(BLOCK, gateway="203.0.113.1", reserved=10, taken=0) == 243
    assert queries.stand(pool, at=NOW).free == 243


def test_the_fourteenth_inside_address_has_these_ports():
    seen = {"cidr": "100.64.0.0/24", "outside": "198.51.100.1", "first_port": 1024, "each": 4032}
    assert blocks.inside(seen="198.51.100.1", port=53440, **seen) == ["100.64.0.13"]
    assert blocks.inside(seen="198.51.100.1", port=57472, **seen) == ["100.64.0.14"]
    assert len(blocks.inside(seen="198.51.100.1", port=None, **seen)) == 16
    assert blocks.inside(seen="198.51.100.2", port=1024, **seen) == ["100.64.0.16"]
    assert blocks.inside(seen="198.51.100.1", port=80, **seen) == []
    assert blocks.inside(seen="192.0.2.9", port=None, **seen) == []


def test_the_lowest_free_one_goes_to_the_router(pool):
    line, second = AccessFactory(), AccessFactory()

    assert (given(line, pool), given(second, pool)) == ("203.0.113.12", "203.0.113.13")

    line.refresh_from_db()
    assert (line.static_ip, line.generation) == ("203.0.113.12", 2)
    assert queries.stand(pool, at=NOW).free == 241


def test_what_cannot_be_given_is_refused(pool):
    line, other = AccessFactory(), AccessFactory()
    given(other, pool, "203.0.113.50")
    UsageCounter.objects.create(
        subscription=other.subscription,
        router=other.router,
        began_at=NOW,
        read_at=NOW,
        upload_counter=0,
        download_counter=0,
        address="203.0.113.60",
    )
    for address in ("203.0.113.1", "203.0.113.5", "203.0.113.50", "203.0.113.60", "10.0.0.1"):
        with pytest.raises(AddressRefused):
            given(line, pool, address)
    with pytest.raises(ReasonMissing):
        assigning.assign(line=line, pool=pool, address="", act=Act(None, NOW, reason="so"))


def test_the_database_lets_an_address_be_held_once_at_a_time(pool):
    one, other = AccessFactory(), AccessFactory()
    given(one, pool, "203.0.113.50")
    with pytest.raises(IntegrityError), transaction.atomic():
        IpAssignment.objects.create(
            address="203.0.113.50",
            pool=pool,
            subscription=other.subscription,
            customer=other.customer,
            span=DateTimeTZRange(NOW + timedelta(days=1), None),
            given_by_name="x",
            reason=WHY,
        )


def test_a_released_address_rests_for_a_week(pool):
    line, other = AccessFactory(), AccessFactory()
    address = given(line, pool)
    day = timedelta(days=1)
    assigning.release(line=line, act=Act(None, NOW + day, reason="The camera is gone"))

    line.refresh_from_db()
    assert line.static_ip is None
    assert queries.stand(pool, at=NOW + 2 * day).resting == 1
    with pytest.raises(AddressRefused):
        given(other, pool, address, at=NOW + 7 * day)
    assert given(other, pool, at=NOW + 8 * day + timedelta(seconds=1)) == address


def test_another_address_releases_the_first(pool):
    line = AccessFactory()
    given(line, pool)
    given(line, pool, "203.0.113.99", at=NOW + timedelta(hours=1))

    found = IpAssignment.objects.filter(subscription=line.subscription_id)
    assert [one.is_held for one in found.order_by("-span__startswith")] == [True, False]
    assert Access.objects.get(pk=line.pk).static_ip == "203.0.113.99"


def test_a_full_pool_says_so():
    small = IpPool.objects.create(name="Small", cidr="10.9.0.0/30", kind="PRIVATE")
    given(AccessFactory(), small)
    given(AccessFactory(), small)

    with pytest.raises(AddressRefused):
        given(AccessFactory(), small)
    assert queries.stand(small, at=NOW).is_nearly_full


def test_pools_never_overlap_and_v6_is_a_block_like_another(pool):
    act = Act(None, NOW)
    inner = IpPool(name="Inner", cidr="203.0.113.128/25", kind="PUBLIC")
    with pytest.raises(DomainError):
        pools.add(pool=inner, act=act)
    six = pools.add(pool=IpPool(name="Six", cidr="2001:db8::/64", kind="PUBLIC"), act=act)

    assert given(AccessFactory(), six) == "2001:db8::1"
    with pytest.raises(DomainError):
        pools.archive(pool=six, act=Act(None, NOW, reason="Given back to the registry"))


def test_an_ended_service_gives_its_address_back(pool):
    line = AccessFactory()
    given(line, pool)
    type(line.subscription).objects.filter(pk=line.subscription_id).update(
        status="CANCELLED", cancelled_on=NOW.date()
    )

    assert assigning.release_ended(at=NOW + timedelta(days=2)) == 1
    assert queries.held(pool) == []


def session(line, address, since, until):
    return LineSession.objects.create(
        subscription=line.subscription,
        router=line.router,
        began_at=since,
        last_seen_at=until,
        address=address,
        caller_id="AA:BB",
        upload_bytes=1,
        download_bytes=1,
    )


def test_who_had_an_address_certain_and_possible(pool):
    hour, minute = timedelta(hours=1), timedelta(minutes=1)
    before, after, elsewhere = AccessFactory(), AccessFactory(), AccessFactory()
    session(before, "10.1.1.1", NOW - 3 * hour, NOW - hour)
    session(after, "10.1.1.1", NOW - hour + 8 * minute, NOW)
    session(elsewhere, "10.1.1.2", NOW - 3 * hour, NOW)

    def asked(moment):
        return [
            (one.subscription.pk, one.is_certain)
            for one in tracing.who(address="10.1.1.1", moment=moment)
        ]

    assert asked(NOW - 2 * hour) == [(before.subscription_id, True)]
    assert asked(NOW - hour + 4 * minute) == [
        (before.subscription_id, False),
        (after.subscription_id, False),
    ]
    assert asked(NOW - 10 * hour) == []


def test_behind_a_cgnat_a_port_finds_one_and_none_the_group():
    IpPool.objects.create(name="Nat", cidr="100.64.0.0/24", kind="CGNAT", outside="198.51.100.1")
    one, two = AccessFactory(), AccessFactory()
    session(one, "100.64.0.13", NOW - timedelta(hours=2), NOW)
    session(two, "100.64.0.2", NOW - timedelta(hours=2), NOW)
    moment = NOW - timedelta(hours=1)

    by_port = tracing.who(address="198.51.100.1", moment=moment, port=53440)
    assert [found.subscription.pk for found in by_port] == [one.subscription_id]
    assert len(tracing.who(address="198.51.100.1", moment=moment)) == 2


def test_a_trace_needs_a_case_an_offset_and_a_reason_and_is_kept(client, pool):
    line = AccessFactory()
    given(line, pool)
    client.force_login(UserFactory(role="NOC"))
    address = reverse("staff_network:trace-address")
    asked = {
        "case_number": "GD-17/2026",
        "address": "203.0.113.12",
        "moment": "2026-01-21 10:00:00",
        "reason": "Letter of the cyber police",
    }
    assert client.post(address, asked).status_code == 422  # no offset
    assert AddressTrace.objects.count() == 0

    page = client.post(address, asked | {"moment": "2026-01-21 10:00:00+06:00"})

    assert (line.customer.name in page.content.decode(), "Certain" in page.content.decode()) == (
        True,
        True,
    )
    trace = AddressTrace.objects.get()
    assert (trace.moment, trace.found) == (datetime(2026, 1, 21, 4, tzinfo=UTC), 1)
    assert AuditEvent.objects.get(action="ip_address.traced").reason == asked["reason"]
    client.force_login(UserFactory(role="SUPPORT"))
    assert client.post(address, asked).status_code == 403


def test_the_pages_give_and_release(client, pool):
    line = AccessFactory()
    client.force_login(UserFactory(role="OWNER"))
    assert "203.0.113.12" in client.get(reverse("staff_network:pool", args=[pool.pk])).text

    give = reverse("staff_network:assign-address", args=[line.pk])
    assert client.post(give, {"pool": pool.pk, "reason": WHY}).status_code == 302
    assert line.customer.name in client.get(reverse("staff_network:pool", args=[pool.pk])).text
    take = reverse("staff_network:release-address", args=[line.pk])
    assert client.post(take, {"reason": "The camera is gone"}).status_code == 302

    assert Access.objects.get().static_ip is None
    assert "Public" in client.get(reverse("staff_network:addresses")).text
    bad = {"name": "x", "cidr": "10.0.0.1/8", "kind": "CGNAT", "ports_each": 1, "first_port": 1}
    assert client.post(reverse("staff_network:add-pool"), bad).status_code == 422
