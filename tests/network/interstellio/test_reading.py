"""What Interstellio counted becomes hours and days; its newest answer replaces the older."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from customers.models import Subscription
from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from network.fup.models import FupRule
from network.fup.services import enforcing, policies
from network.interstellio.models import InterstellioLink, InterstellioRun
from network.interstellio.rules import spans
from network.interstellio.services import reading
from network.usage.models import UsageDay, UsageHour
from network.usage.models.totals import Source
from tests.factories.accounts import UserFactory
from tests.factories.network import AccessFactory

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 1, 20, 10, 25, tzinfo=UTC)
HOUR = timedelta(hours=1)
DHAKA = ZoneInfo("Asia/Dhaka")


@pytest.fixture
def waited():
    return []


@pytest.fixture
def read(waited):
    def now_at(now=NOW):
        return reading.read_all(now=lambda: now, sleep=waited.append)

    return now_at


def hour_of(line, at):
    found = UsageHour.objects.filter(
        subscription=line.subscription_id, source=Source.INTERSTELLIO, hour_start=at
    ).first()
    return found and (found.upload_bytes, found.download_bytes)


# --- the rules


def test_the_first_reading_goes_thirty_days_back_and_later_ones_three():
    first = spans.span(None, now=NOW, zone=DHAKA)
    later = spans.span(NOW - HOUR, now=NOW, zone=DHAKA)
    long_ago = spans.span(NOW - timedelta(days=90), now=NOW, zone=DHAKA)

    end = datetime(2026, 1, 20, 10, tzinfo=UTC)
    assert first == (end - timedelta(days=30), end)
    assert later == (datetime(2026, 1, 17, 9, tzinfo=UTC), end)
    assert long_ago == first


def test_an_hour_of_a_half_hour_zone_begins_on_its_own_clock():
    kolkata = ZoneInfo("Asia/Kolkata")
    rows = [{"time": "2026-01-10T00:00:00+05:30", "upload_kb": 2, "download_kb": 3.5}]
    start = datetime(2026, 1, 9, 18, 30, tzinfo=UTC)

    found = spans.hours(rows, start=start, end=start + HOUR, zone=kolkata, kilobyte=1024)

    assert found == [spans.Hour(start, 2048, 3584)]


@pytest.mark.parametrize(
    "row",
    [
        {"upload_kb": 1, "download_kb": 1},
        {"time": "2026-01-10T00:00:00", "upload_kb": 1, "download_kb": 1},
        {"time": "2026-01-10T00:00:00+06:00", "upload_kb": -1, "download_kb": 1},
        {"time": "2026-01-10T00:00:00+06:00", "upload_kb": "nan", "download_kb": 1},
        {"time": "2026-01-10T00:00:00+06:00", "upload_kb": "x", "download_kb": 1},
    ],
)
def test_a_row_that_cannot_be_is_unusable(row):
    with pytest.raises(spans.Unusable):
        spans.hours([row], start=NOW - HOUR, end=NOW, zone=DHAKA, kilobyte=1000)


# --- reading


def test_a_service_is_found_by_its_user_name_and_read_whole(cloud, line, read):
    hour = datetime(2026, 1, 20, 8, tzinfo=UTC)
    cloud.use("rahim", hour, upload_kb=500, download_kb=4000)

    run = read()

    assert (run.services, run.failed, run.error, run.hours) == (1, 0, "", 720)
    assert hour_of(line, hour) == (500_000, 4_000_000)
    day = UsageDay.objects.get(subscription=line.subscription_id, date="2026-01-10")
    assert day.source == Source.INTERSTELLIO
    assert InterstellioLink.objects.get().read_until == datetime(2026, 1, 20, 10, tzinfo=UTC)


def test_read_again_the_newest_answer_replaces_also_downwards(cloud, line, read):
    hour = datetime(2026, 1, 18, 8, tzinfo=UTC)
    cloud.use("rahim", hour, upload_kb=500, download_kb=4000)
    read()
    before = UsageDay.objects.get(subscription=line.subscription_id, date="2026-01-18")
    cloud.use("rahim", hour, upload_kb=500, download_kb=1000)

    run = read(NOW + HOUR)

    after = UsageDay.objects.get(subscription=line.subscription_id, date="2026-01-18")
    assert run.hours == 73  # three days, and the hour that was new
    assert hour_of(line, hour) == (500_000, 1_000_000)
    assert before.download_bytes - after.download_bytes == 3_000_000


def test_what_is_older_than_three_days_stays_until_it_is_asked_for(cloud, line, read):
    hour = datetime(2026, 1, 12, 8, tzinfo=UTC)
    cloud.use("rahim", hour, upload_kb=1, download_kb=1)
    read()
    cloud.use("rahim", hour, upload_kb=2, download_kb=2)
    read(NOW + HOUR)
    kept = hour_of(line, hour)

    assert reading.read_again(since=datetime(2026, 1, 12, tzinfo=UTC)) == 1
    read(NOW + 2 * HOUR)

    assert (kept, hour_of(line, hour)) == ((1000, 1000), (2000, 2000))


def test_a_bare_list_is_read_as_well(cloud, line, read):
    cloud.wraps = False

    assert read().hours == 720


def test_more_than_a_page_is_read_and_names_nobody_has_are_told(cloud, line, read):
    AccessFactory(username="twice")
    AccessFactory(username="twice")
    cloud.usernames = [f"u{n}" for n in range(60)] + ["rahim", "twice"]

    run = read()

    assert InterstellioLink.objects.get().username == "rahim"
    assert (run.unknown_count, len(run.unknown)) == (61, 50)


def test_asked_too_often_it_waits_as_long_as_it_is_told(cloud, line, read, waited):
    cloud.faults.extend(["429 later", "500"])

    run = read()

    assert run.services == 1
    assert 3.0 in waited


def test_a_token_that_is_refused_is_renewed_once(cloud, line, read):
    cloud.faults.extend(["", "", "401"])

    run = read()

    assert (run.services, run.error) == (1, "")
    assert [path for _method, path in cloud.calls].count("/identity/v3/token") == 2


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        (["401"], "the login is refused"),
        (["", "402"], "out of credits"),
        (["", "403"], "too few rights"),
        (["", "no list"], "no list"),
        (["500"] * 4, "status 500"),
    ],
)
def test_what_only_a_person_can_mend_ends_the_run_in_words(cloud, line, read, faults, words):
    cloud.faults.extend(faults)

    run = read()

    assert words in run.error
    assert run.ended_at is not None


def test_one_that_is_gone_stops_nobody_else(cloud, line, read):
    other = AccessFactory(username="karim")
    cloud.usernames = ["rahim", "karim"]
    cloud.faults.extend(["", "", "404"])

    run = read()

    assert (run.services, run.failed) == (1, 1)
    assert InterstellioLink.objects.get(subscription=line.subscription).error == "status 404"
    assert InterstellioLink.objects.get(subscription=other.subscription).read_until is not None


def test_a_run_that_was_cut_off_goes_on_with_whoever_waits_longest(cloud, line, read):
    AccessFactory(username="karim")
    cloud.usernames = ["rahim", "karim"]
    cloud.faults.extend(["", "", "", "402"])
    first = read()
    cloud.calls.clear()

    read(NOW + HOUR)

    asked = [path for _method, path in cloud.calls if "hourly" in path]
    assert first.services == 1
    assert cloud.id_of("karim") in asked[0]


def test_five_failures_in_a_row_end_the_run(cloud, line, read):
    cloud.usernames = [f"u{n}" for n in range(7)]
    for name in cloud.usernames:
        AccessFactory(username=name)
    cloud.faults.extend(["", ""] + ["garbage"] * 7)

    run = read()

    assert (run.failed, run.services) == (5, 0)
    assert "stopped after 5 failures" in run.error


def test_switched_off_nobody_is_asked(cloud, row, read):
    row.is_on = False
    row.save()

    assert read() is None
    assert cloud.calls == []
    assert not InterstellioRun.objects.exists()


def test_its_hours_come_before_the_routers_and_warn_of_fair_use_once(cloud, line, read):
    rule = FupRule(threshold_gb=100, action="NOTIFY")
    act = Act(UserFactory(role="OWNER"), NOW)
    policies.add(package=line.subscription.package, rule=rule, act=act)
    Subscription.objects.filter(pk=line.subscription_id).update(status="ACTIVE", billing_day=5)
    hour = datetime(2026, 1, 20, 8, tzinfo=UTC)
    UsageHour.objects.create(
        subscription=line.subscription,
        customer=line.customer,
        hour_start=hour,
        source=Source.MIKROTIK,
        upload_bytes=1,
        download_bytes=1,
    )
    for number in range(24 * 31):
        cloud.use("rahim", NOW.replace(minute=0) - number * HOUR, upload_kb=0, download_kb=0)
    cloud.use("rahim", hour, upload_kb=0, download_kb=85_000_000)

    for _twice in range(2):
        read()
        enforcing.enforce(at=NOW)

    assert Message.objects.filter(event="usage_warning").count() == 1
