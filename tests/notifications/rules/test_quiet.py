from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from ispbill.notifications.rules.quiet import first_chance, is_quiet

DHAKA = ZoneInfo("Asia/Dhaka")


def local(day, hour, minute=0):
    return datetime(2026, 1, day, hour, minute, tzinfo=DHAKA).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "chance"),
    [
        (local(10, 20, 59), local(10, 20, 59)),
        (local(10, 21), local(11, 8)),
        (local(10, 23, 59), local(11, 8)),
        (local(11, 0), local(11, 8)),
        (local(11, 7, 59), local(11, 8)),
        (local(11, 8), local(11, 8)),
    ],
)
def test_what_falls_into_the_night_waits_for_the_morning(at, chance):
    assert first_chance(at, zone=DHAKA, from_hour=21, until_hour=8) == chance
    assert is_quiet(at, zone=DHAKA, from_hour=21, until_hour=8) is (at != chance)


@pytest.mark.parametrize(
    ("hour", "quiet"), [(12, False), (13, True), (14, True), (15, False), (23, False)]
)
def test_quiet_hours_may_lie_within_a_day(hour, quiet):
    assert is_quiet(local(10, hour), zone=DHAKA, from_hour=13, until_hour=15) is quiet


def test_equal_hours_mean_no_quiet_time():
    assert [
        h for h in range(24) if is_quiet(local(10, h), zone=DHAKA, from_hour=8, until_hour=8)
    ] == []
