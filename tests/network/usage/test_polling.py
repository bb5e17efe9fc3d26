"""Polls of a router on a real socket: nothing is counted twice and nothing is lost, whatever
happens between them."""

import random
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.db.models import Sum

from ispbill.core import clock
from network.models import Access
from network.services import push
from network.usage.models import (
    LineSession,
    UsageAlert,
    UsageCounter,
    UsageDay,
    UsageGap,
    UsageHour,
    UsagePoll,
    UsageSample,
    UsageSlot,
)
from network.usage.models.totals import Source
from network.usage.rules import spreading
from network.usage.services import ingest, keeping, polling, totals, writing
from tests.factories.network import AccessFactory
from tests.network.farms import due_again
from tests.queued import instead_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    instead_of(monkeypatch, "network.push_router")


def moment(farm):
    return datetime.fromtimestamp(farm.truth("r1")["now"], tz=UTC)


def poll(farm, router):
    return polling.poll_router(router_id=router.pk, now=lambda: moment(farm))


@pytest.fixture
def lines(farm, router):
    """Three lines, polled before they dial and then on line."""
    lines = AccessFactory.create_batch(3, router=router, subscription__status="ACTIVE")
    poll(farm, router)
    farm.advance(1)
    push.push_router(router_id=router.pk, now=lambda: moment(farm))
    farm.advance(2)
    return lines


def counted(model=UsageHour):
    """Return [upload, download] by user name."""
    names = dict(Access.objects.values_list("subscription_id", "username"))
    rows = model.objects.values("subscription_id").annotate(
        up=Sum("upload_bytes"), down=Sum("download_bytes")
    )
    return {names[row["subscription_id"]]: [row["up"], row["down"]] for row in rows}


def truth(farm):
    told = farm.truth("r1")
    none = [0, 0]
    return {
        name: [
            total - gone - ahead
            for total, gone, ahead in zip(
                both, told["lost"].get(name, none), told["unread"].get(name, none), strict=True
            )
        ]
        for name, both in told["carried"].items()
    }


def test_what_flowed_is_counted_by_hour_day_and_router(farm, router, lines):
    for _turn in range(4):
        farm.advance(300)
        assert poll(farm, router).counted == 3

    expected = truth(farm)
    assert counted() == counted(UsageDay) == counted(UsageSample) == expected
    assert min(down for _up, down in expected.values()) > 0
    slots = UsageSlot.objects.aggregate(up=Sum("upload_bytes"), down=Sum("download_bytes"))
    assert slots["down"] == sum(down for _up, down in expected.values())
    day = UsageDay.objects.first()
    assert (day.total_bytes, day.source) == (day.upload_bytes + day.download_bytes, "MIKROTIK")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_byte_is_counted_twice_or_lost_over_random_days(farm, router, lines, seed):
    chance = random.Random(seed)
    names = [line.username for line in lines]
    calm = 0
    for _turn in range(45):
        farm.advance(chance.choice([20, 300, 300, 300, 310, 1_500]))
        what = chance.choice(["poll"] * 6 + ["twice", "kick", "reboot", "reset", "away"])
        if what == "kick":
            farm.kick("r1", chance.choice(names))
            calm = 0
        elif what == "reboot":
            farm.reboot("r1")
            calm = 0
        elif what == "reset" and calm >= 8:  # one that a greater counter hides cannot be seen
            farm.reset_counters("r1")
            farm.advance(20)
            calm = 0
        elif what == "away":
            farm.set_offline("r1", True)
            assert poll(farm, router) is None
            farm.advance(1_200)
            farm.set_offline("r1", False)
            due_again()
        if what in ("poll", "twice", "reset"):
            calm += 1
            poll(farm, router)
            if what == "twice":
                poll(farm, router)
        assert counted() == truth(farm) or what not in ("poll", "twice", "reset"), what
    farm.advance(300)
    poll(farm, router)

    assert counted() == counted(UsageDay) == truth(farm)


def test_a_repeated_or_late_answer_changes_nothing(farm, router, lines):
    farm.advance(300)
    at = moment(farm)
    seen = [
        ingest.Seen(
            username=line.username,
            session="a",
            began_at=at - timedelta(seconds=200),
            upload=100,
            download=2_000_000,
        )
        for line in lines
    ]
    values = {"router_id": router.pk, "sessions": seen, "uptime_seconds": 900, "now": at}
    ingest.take(at=at, **values)
    before = counted()

    again = ingest.take(at=at, **values)
    late = ingest.take(at=at - timedelta(minutes=5), **values)
    ahead = ingest.take(at=at + timedelta(minutes=11), **values)

    assert [one.late for one in (again, late, ahead)] == [3, 3, 3]
    assert counted() == before
    assert UsagePoll.objects.get().late == 9


def test_a_gap_is_a_gap_and_keeps_its_bytes(farm, router, lines):
    farm.advance(300)
    poll(farm, router)
    began = UsagePoll.objects.get().read_at
    farm.advance(3_600)
    poll(farm, router)

    gap = UsageGap.objects.get()
    assert (gap.since, gap.until - gap.since) == (began, timedelta(hours=1))
    assert counted() == truth(farm)


def test_a_session_that_ended_is_kept_with_what_it_moved(farm, router, lines):
    farm.advance(600)
    poll(farm, router)
    counter = UsageCounter.objects.get(subscription=lines[0].subscription)
    farm.kick("r1", lines[0].username)
    farm.advance(300)
    poll(farm, router)

    ended = LineSession.objects.get()
    assert (ended.subscription_id, ended.download_bytes, ended.address) == (
        lines[0].subscription_id,
        counter.download_bytes,
        counter.address,
    )
    farm.set_cpe("r1", lines[0].username, False)
    farm.advance(300)
    poll(farm, router)
    assert not UsageCounter.objects.get(subscription=lines[0].subscription).is_open


def test_an_impossible_counter_is_refused_with_an_alert_and_counting_goes_on(farm, router, lines):
    at = moment(farm) + timedelta(minutes=5)
    name = lines[0].username

    def take(minutes, download):
        ingest.take(
            router_id=router.pk,
            sessions=[
                ingest.Seen(username=name, session="a", began_at=at, upload=0, download=download)
            ],
            uptime_seconds=9_000,
            at=at + timedelta(minutes=minutes),
            now=at + timedelta(minutes=minutes),
        )

    take(5, 1_000_000)
    take(10, 9_000_000_000_000)
    take(15, 9_000_000_500_000)

    assert counted()[name] == [0, 1_500_000]
    assert UsageAlert.objects.get().kind == "REFUSED"


def test_a_poll_is_a_handful_of_statements_however_many_lines(
    farm, router, lines, django_assert_num_queries
):
    farm.advance(300)
    at = moment(farm)

    def seen(count):
        return [
            ingest.Seen(username=line.username, session="a", began_at=at, upload=1, download=1)
            for line in lines[:count]
        ]

    values = {"router_id": router.pk, "uptime_seconds": 9}
    later = at + timedelta(minutes=5)
    ingest.take(sessions=seen(3), at=at, now=at, **values)
    for count in (1, 3):
        later += timedelta(minutes=5)
        with django_assert_num_queries(16):
            ingest.take(sessions=seen(count), at=later, now=later, **values)


def test_a_day_that_grows_with_its_hours_is_their_sum(farm, router, lines):
    """Also where another source counts an hour of it, or somebody chose or typed in the day."""
    at = moment(farm).replace(hour=6, minute=2, second=0, microsecond=0) + timedelta(days=1)
    on = at.astimezone(clock.zone()).date()
    plain, other, pinned = (line.subscription_id for line in lines)
    owners = {line.subscription_id: line.customer_id for line in lines}
    day = {"customer_id": owners[pinned], "upload_bytes": 7, "download_bytes": 7}
    UsageDay.objects.create(subscription_id=pinned, date=on, source="RADIUS", is_pinned=True, **day)

    def take(minutes, counted):
        then = at + timedelta(minutes=minutes)
        seen = [
            ingest.Seen(
                username=line.username, session="a", began_at=at, upload=counted, download=counted
            )
            for line in lines
        ]
        ingest.take(
            router_id=router.pk, sessions=seen, uptime_seconds=9_000 + minutes, at=then, now=then
        )

    def days():
        rows = UsageDay.objects.filter(date=on)
        return {row.subscription_id: (row.upload_bytes, row.source, row.is_mixed) for row in rows}

    take(0, 0)
    take(5, 1_000)
    with transaction.atomic():
        hour = spreading.hour_start(at, clock.zone())
        writing.hours({(other, owners[other], hour): (50_000, 0)}, source=Source.RADIUS)
        totals.add_up([(other, on)])
    take(10, 4_000)
    take(70, 9_000)

    found = days()
    assert found == {
        plain: (9_000, "MIKROTIK", False),
        other: (51_000, "RADIUS", True),  # of the last 5,000 a fifth in the next hour
        pinned: (7, "RADIUS", False),
    }
    totals.add_up([(pk, on) for pk in found])
    assert days() == found


def test_the_commands_count_and_add_up(farm, router, lines, capsys):
    call_command("poll_bandwidth", "--once", "--json")
    UsageDay.objects.update(download_bytes=0)

    call_command("sync_usage", "--json")

    assert '"answered": true' in capsys.readouterr().out
    assert counted() == counted(UsageDay)


def test_two_polls_that_need_the_same_days_table_make_it_once():
    day, made = date(2020, 1, 1), []

    def second():
        try:
            made.append(keeping.make_day(day))
        finally:
            connections.close_all()

    other = threading.Thread(target=second)
    with transaction.atomic():
        assert keeping.make_day(day)
        other.start()
        other.join(0.5)  # it waits for us
        assert made == []
    other.join(10)

    assert made == [False]
    keeping.keep(at=datetime(2026, 1, 10, tzinfo=UTC))
