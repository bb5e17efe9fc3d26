"""Fair use: told once, slowed down by another profile, back when the window begins."""

from datetime import UTC, date, datetime, timedelta

import pytest

from customers.models import Subscription
from ispbill.core.acts import Act
from ispbill.notifications.models import Message
from network.fup.models import FupRule, FupState
from network.fup.rules import thresholds
from network.fup.rules.thresholds import Speed
from network.fup.services import enforcing, policies
from network.models import Access
from network.services import access
from network.usage.models import UsageDay
from network.usage.rules.periods import Days
from tests.factories.accounts import UserFactory
from tests.factories.network import AccessFactory
from tests.queued import instead_of

pytestmark = pytest.mark.django_db

GB = 10**9
NOW = datetime(2026, 1, 20, 4, 0, tzinfo=UTC)
ON = NOW.date()


@pytest.fixture(autouse=True)
def _quiet(monkeypatch):
    instead_of(monkeypatch, "network.push_router")


@pytest.fixture
def line():
    found = AccessFactory(subscription__status="ACTIVE", subscription__billing_day=5)
    service = found.subscription
    found.desired_profile = f"ispbill-{service.download_mbps}M-{service.upload_mbps}M"
    Access.objects.filter(pk=found.pk).update(desired_profile=found.desired_profile)
    return found


def threshold(line, size=200, **values):
    slow = {"action": "THROTTLE", "download_mbps": 2, "upload_mbps": 1} | values
    rule = FupRule(threshold_gb=size, **slow)
    act = Act(UserFactory(role="OWNER"), NOW)
    return policies.add(package=line.subscription.package, rule=rule, act=act)


def used(line, size, *, on=ON, source="MIKROTIK"):
    UsageDay.objects.update_or_create(
        subscription=line.subscription,
        date=on,
        defaults={
            "customer": line.customer,
            "upload_bytes": 0,
            "download_bytes": int(size * GB),
            "source": source,
        },
    )


def enforce(at=NOW):
    return enforcing.enforce(at=at)


def profile(line):
    return Access.objects.get(pk=line.pk).desired_profile


def told():
    return sorted(Message.objects.values_list("event", "context__percent").distinct())


@pytest.mark.parametrize(
    ("size", "before", "level"),
    [(79.99, 0, 0), (80, 0, 80), (94.9, 80, 0), (96, 0, 95), (130, 0, 100), (99.99, 95, 0)],
)
def test_of_several_levels_the_highest_is_told_once(size, before, level):
    assert thresholds.to_tell(int(size * GB), 100, told=before) == level


def test_a_window_that_is_open_ends_on_the_next_new_billing_date():
    moved = Days(date(2026, 1, 5), date(2026, 2, 5))

    assert thresholds.window(
        date(2026, 1, 20), is_daily=False, billing_day=15, open_since=moved
    ) == Days(date(2026, 1, 5), date(2026, 2, 15))


def test_the_slowest_speed_wins_and_a_throttle_is_slower_than_the_package():
    assert thresholds.slowest([Speed(5, 2), Speed(2, 4)]) == Speed(2, 2)
    assert not thresholds.is_slower(Speed(30, 30), Speed(30, 30))
    assert not thresholds.is_slower(Speed(0, 1), Speed(30, 30))


def test_a_line_is_warned_once_slowed_down_and_brought_back(line):
    usual = line.desired_profile
    threshold(line)
    used(line, 165)
    enforce()
    enforce(NOW + timedelta(minutes=5))
    assert told() == [("usage_warning", "82")]
    assert profile(line) == usual

    used(line, 205)
    assert enforce(NOW + timedelta(minutes=10)) == 1
    assert enforce(NOW + timedelta(minutes=15)) == 0
    assert profile(line) == "ispbill-2M-1M"
    assert told() == [("usage_throttled", "102"), ("usage_warning", "82")]
    generation = Access.objects.get(pk=line.pk).generation

    assert enforce(datetime(2026, 2, 4, 18, 1, tzinfo=UTC)) == 1  # 00:01 of the 5th in Dhaka
    assert profile(line) == usual
    assert Access.objects.get(pk=line.pk).generation == generation + 1
    state = FupState.objects.get()
    assert (state.window_start, state.level, state.used_bytes) == (date(2026, 2, 5), "OK", 0)


def test_a_correction_brings_a_line_back_and_tells_nobody_again(line):
    threshold(line)
    used(line, 205)
    enforce()
    used(line, 150)
    enforce()
    used(line, 206)
    enforce()

    assert profile(line) == "ispbill-2M-1M"
    assert told() == [("usage_throttled", "102")]


def test_estimates_never_count(line):
    threshold(line)
    used(line, 205, source="ESTIMATED")

    assert enforce() == 0
    assert FupState.objects.get().used_bytes == 0


def test_a_line_reactivated_in_the_window_is_still_slow(line):
    threshold(line)
    used(line, 205)
    enforce()
    act = Act(None, NOW, reason="unpaid past the days of grace")
    access.suspend(
        subscription=line.subscription,
        kind="NON_PAYMENT",
        is_billed=False,
        decision={},
        act=act,
        on=ON,
    )
    access.reactivate(
        subscription=Subscription.objects.get(pk=line.subscription_id), act=act, on=ON
    )

    assert profile(line) == "ispbill-2M-1M"


def test_what_staff_chose_by_hand_stays(line):
    threshold(line)
    Access.objects.filter(pk=line.pk).update(desired_profile="special", generation=2)
    used(line, 205)

    assert enforce() == 0
    assert profile(line) == "special"


def test_lifted_it_is_as_fast_as_sold_until_the_window_ends(line):
    usual = line.desired_profile
    threshold(line)
    used(line, 205)
    enforce()
    act = Act(UserFactory(role="NOC"), NOW, reason="exam week, agreed with the branch")

    assert policies.lift(subscription_id=line.subscription_id, act=act) == 1
    assert policies.lift(subscription_id=line.subscription_id, act=act) == 0
    enforce()
    assert profile(line) == usual

    later = datetime(2026, 2, 10, 4, 0, tzinfo=UTC)
    used(line, 300, on=later.date())
    enforce(later)
    assert profile(line) == "ispbill-2M-1M"


def test_a_threshold_taken_away_brings_its_lines_back(line):
    usual = line.desired_profile
    rule = threshold(line)
    used(line, 205)
    enforce()

    policies.archive(rule=rule, act=Act(UserFactory(role="OWNER"), NOW))
    assert enforce() == 1
    assert profile(line) == usual


@pytest.mark.parametrize("speed", [(30, 1), (500, 500)])
def test_a_throttle_that_slows_nothing_is_refused(line, speed):
    with pytest.raises(policies.PolicyRefused):
        threshold(line, download_mbps=speed[0] + 1000, upload_mbps=speed[1])


def test_the_same_threshold_twice_is_refused(line):
    threshold(line)

    with pytest.raises(policies.PolicyRefused, match="already"):
        threshold(line)
