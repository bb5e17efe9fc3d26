"""Routers that are away for a day, reboot and break off in the middle of what they are told (M8).

While they are away, lines are closed, opened and given other speeds. Within five minutes of its
return, the wait and the sweep's half minute included, each router has what is wanted of it; and a
line that was open all the time has the very session it began the day with. The routers are the
bundled simulator's, on sockets; hours pass by letting every wait be over.
"""

import math
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction
from django.db.models import F, Max
from django.db.models.functions import Now

from ispbill.audit.services import trail
from ispbill.core import clock
from ispbill.core.acts import Act
from ispbill.devtools.sandbox.routeros import RouterFarm, RouterSpec
from network.models import Access, Router
from network.services import desired_states, push, reconcile, sweeping
from tests.factories.accounts import BranchFactory
from tests.factories.customers import PackageFactory
from tests.factories.network import AccessFactory
from tests.laws.scale import SEED, tell, tried
from tests.network.farms import known
from tests.queued import instead_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROUTERS = tried(floor=4, full=200)
LINES = tried(floor=8, full=50)  # on each
HOURS = tried(floor=6, full=24)
WORKERS = 4
SWEEP_SECONDS, GOAL_SECONDS = 30, 300
SPEEDS = ("ispbill-30M-30M", "ispbill-50M-50M", "ispbill-10M-10M")
HALF_WRITES = ("drop_before", "drop_after")


@pytest.fixture
def farm(monkeypatch):
    instead_of(monkeypatch, "network.push_router")
    specs = [
        RouterSpec(
            name=f"r{number}", dial_delay=(0.0, 0.0), pools={"pppoe-pool": "10.64.0.2-10.64.63.254"}
        )
        for number in range(ROUTERS)
    ]
    with RouterFarm(specs) as farm:
        farm.hold_clock()
        yield farm


@pytest.fixture
def routers(farm):
    branch, package = BranchFactory(), PackageFactory()
    made = [
        known(farm, f"r{number}", branch=branch, address_pool="pppoe-pool")
        for number in range(ROUTERS)
    ]
    for router in made:
        for _each in range(LINES):
            AccessFactory(router=router, subscription__package=package)
    return made


def pushed(router_id):
    try:
        push.push_router(router_id=router_id, now=clock.real_now)
    finally:
        connections.close_all()


def all_pushed(routers):
    """Let a sweep's workers settle what they can; return the seconds it took."""
    started = time.monotonic()
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(pushed, [router.pk for router in routers]))
    return time.monotonic() - started


def waits_over():
    for model in (Router, Access):
        model.objects.update(next_attempt_at=None)


def change_some(chance, untouched):
    """Close, open, and give other speeds: a line in eight in an hour."""
    act = Act(None, clock.real_now(), reason="what a day of billing brings")
    lines = list(Access.objects.values_list("pk", "subscription_id", "desired_state"))
    closed, opened, speeds = [], [], {}
    for pk, service, state in lines:
        if chance.random() > 1 / 8:
            continue
        untouched.discard(pk)
        if chance.random() < 1 / 4:
            speeds[service] = chance.choice(SPEEDS)
        else:
            (closed if state == "OPEN" else opened).append(service)
    with transaction.atomic():
        trail.begin(act=act)
        desired_states.switch(subscription_ids=sorted(closed), state="WALLED", act=act)
        desired_states.switch(subscription_ids=sorted(opened), state="OPEN", act=act)
        desired_states.set_profiles(profiles=dict(sorted(speeds.items())), act=act)
    return len(closed) + len(opened) + len(speeds)


def disturb(chance, farm, routers, away, rebooted):
    """Some go away, some come back, some reboot, some hang up in the middle of an order."""
    for router in routers:
        dice = chance.random()
        if router.name in away:
            if dice < 0.05:
                away.discard(router.name)
                farm.set_offline(router.name, False)
        elif dice < 0.15:
            away.add(router.name)
            farm.set_offline(router.name, True)
        elif dice < 0.25:
            farm.reboot(router.name)
            rebooted.add(router.name)
        elif dice < 0.5:
            farm.fault(
                router.name, chance.choice(HALF_WRITES), command="/ppp/", times=chance.randint(1, 3)
            )


def sessions(farm, routers):
    return {
        (router.name, row["name"]): row["session-id"]
        for router in routers
        for row in farm.active(router.name)
    }


def cut_off(farm, routers, away):
    """Return the lines that are paid for, told of by their router, and closed there."""
    found = []
    for router in routers:
        if router.name in away:
            continue
        closed = {row["name"] for row in farm.secrets(router.name) if row["disabled"] is True}
        settled = Access.objects.filter(
            router=router, desired_state="OPEN", confirmed_generation=F("generation")
        )
        found += sorted(closed & set(settled.values_list("username", flat=True)))
    return found


def longest_wait():
    """Return the seconds until the last router may be called again."""
    latest = Router.objects.aggregate(at=Max("next_attempt_at"), now=Max(Now()))
    return max((latest["at"] - latest["now"]).total_seconds(), 0) if latest["at"] else 0.0


def test_a_day_away_is_caught_up_within_five_minutes_and_nobody_paid_is_cut_off(farm, routers):
    chance = random.Random(SEED or "M8")
    all_pushed(routers)
    farm.advance(10)
    before, untouched = sessions(farm, routers), set(Access.objects.values_list("pk", flat=True))
    assert len(before) == ROUTERS * LINES
    away, rebooted, changes, wrongly = set(), set(), 0, []

    for _hour in range(HOURS):
        disturb(chance, farm, routers, away, rebooted)
        changes += change_some(chance, untouched)
        waits_over()
        all_pushed(routers)
        wrongly += cut_off(farm, routers, away)
    for router in routers:
        farm.clear_faults(router.name)
        farm.set_offline(router.name, False)
    wait = longest_wait()
    missing = Access.objects.exclude(generation=F("confirmed_generation")).count()
    waits_over()
    assert sweeping.enqueue_routers(at=clock.real_now()) > 0
    taken = all_pushed(routers)
    farm.advance(10)

    converged = math.ceil(wait / SWEEP_SECONDS) * SWEEP_SECONDS + taken
    tell(
        f"M8: {ROUTERS} routers x {LINES} lines, {HOURS} hours, {changes} changes, {len(away)} away"
        f" and {missing} lines behind at the end: caught up {converged:.0f} s after their return"
        f" (wait at most {wait:.0f} s, told in {taken:.1f} s)"
    )
    assert wrongly == []
    assert [one for router in routers for one in reconcile.compare(router=router)] == []
    assert not Access.objects.exclude(generation=F("confirmed_generation")).exists()
    assert converged <= GOAL_SECONDS
    kept = {
        (line.router.name, line.username)
        for line in Access.objects.filter(pk__in=untouched).select_related("router")
        if line.router.name not in rebooted
    }
    assert kept
    after = sessions(farm, routers)
    assert {key: after.get(key) for key in kept} == {key: before[key] for key in kept}
