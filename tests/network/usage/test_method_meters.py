"""What flowed on lines without PPP: queues and hotspot sessions are counted once, whatever
happens."""

import random
from datetime import UTC, datetime

import pytest
from django.db.models import Sum

from network.models import Access, Router
from network.services import push
from network.usage.models import UsageCounter, UsageHour
from network.usage.services import polling
from tests.network.methods import line_of
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)
METHODS = ("QUEUE", "DHCP", "HOTSPOT")


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    instead_of(monkeypatch, "network.push_router")


def moment(farm):
    return datetime.fromtimestamp(farm.truth("r1")["now"], tz=UTC)


def poll(farm, router):
    return polling.poll_router(router_id=router.pk, now=lambda: moment(farm))


def on_line(farm, router, method):
    """Make a line, polled before and after it is on the router, so that it has a base line."""
    line = line_of(router, method, subscription__status="ACTIVE")
    poll(farm, router)
    farm.advance(1)
    push.push_router(router_id=router.pk, now=lambda: moment(farm))
    farm.advance(2)
    poll(farm, router)
    return line


def counted(line):
    found = UsageHour.objects.filter(subscription=line.subscription_id).aggregate(
        up=Sum("upload_bytes"), down=Sum("download_bytes")
    )
    return [found["up"] or 0, found["down"] or 0]


def owed(farm, line, base):
    """Return what should have been counted since `base`: all that flowed but what was lost or has
    not been read."""
    truth = farm.truth("r1")
    none = [0, 0]
    return [
        truth["carried"].get(line.username, none)[way]
        - truth["lost"].get(line.username, none)[way]
        - truth["unread"].get(line.username, none)[way]
        - base[way]
        for way in (0, 1)
    ]


def since(farm, line):
    """Return what flowed before, and was not counted: the base line."""
    return [
        flowed - known
        for flowed, known in zip(owed(farm, line, [0, 0]), counted(line), strict=True)
    ]


@pytest.mark.parametrize("method", METHODS)
def test_what_flows_between_two_polls_is_counted_once(farm, router, method):
    line = on_line(farm, router, method)
    base = since(farm, line)
    before = counted(line)
    farm.advance(300)

    poll(farm, router)
    poll(farm, router)

    assert counted(line) > before
    assert counted(line) == owed(farm, line, base)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("what", ["reset_counters", "reboot"])
def test_counters_that_begin_anew_lose_nothing_but_what_nobody_read(farm, router, method, what):
    line = on_line(farm, router, method)
    base = since(farm, line)
    farm.advance(300)
    poll(farm, router)
    farm.advance(120)
    getattr(farm, what)("r1")
    farm.advance(180)

    poll(farm, router)
    farm.advance(300)
    poll(farm, router)

    assert counted(line) == owed(farm, line, base)


def test_a_queue_that_was_made_anew_begins_at_nothing(farm, router):
    line = on_line(farm, router, "QUEUE")
    base = since(farm, line)
    farm.advance(300)
    poll(farm, router)
    farm.remove_row("r1", "/queue/simple", name=line.username)
    Access.objects.update(generation=2)
    push.push_router(router_id=router.pk, now=lambda: moment(farm))
    farm.advance(200)

    poll(farm, router)

    assert counted(line) == owed(farm, line, base)


@pytest.mark.parametrize("method", METHODS)
def test_whatever_happens_no_byte_counts_twice_and_none_that_was_read_is_lost(farm, router, method):
    chance = random.Random(method)
    line = on_line(farm, router, method)
    base = since(farm, line)
    for _step in range(25):
        farm.advance(chance.randint(300, 600))
        poll(farm, router)
        happens = chance.random()
        if happens < 0.15:
            farm.reset_counters("r1")
        elif happens < 0.25:
            farm.reboot("r1")
        farm.advance(chance.randint(5, 60))
        poll(farm, router)

    assert counted(line) == owed(farm, line, base)


def test_a_line_with_a_queue_is_on_line_while_something_flows(farm, router):
    line = on_line(farm, router, "QUEUE")
    farm.advance(300)
    poll(farm, router)
    line.refresh_from_db()
    was_seen = line.has_session
    farm.set_cpe("r1", line.username, False)
    farm.advance(1)
    poll(farm, router)
    farm.advance(300)

    poll(farm, router)
    line.refresh_from_db()

    assert (was_seen, line.has_session) == (True, False)


def test_a_lease_that_is_bound_is_on_line(farm, router):
    line = on_line(farm, router, "DHCP")
    line.refresh_from_db()
    was_seen = line.has_session
    farm.set_cpe("r1", line.mac_address, False)
    farm.advance(1)

    poll(farm, router)
    line.refresh_from_db()

    assert (was_seen, line.has_session) == (True, False)
    assert UsageCounter.objects.get().caller_id == line.mac_address


def test_queues_are_not_read_where_no_line_has_one(farm, router):
    line_of(router, "PPPOE", subscription__status="ACTIVE")
    Router.objects.update(default_method="PPPOE")

    poll(farm, router)

    commands = {row["command"] for row in farm.log("r1")}
    assert not {"/queue/simple/print", "/ip/hotspot/active/print"} & commands
