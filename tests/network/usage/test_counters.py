"""What a reading adds: the worked examples, and sums that hold whatever happened."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from network.usage.rules import counters, percentiles, periods, spreading
from network.usage.rules.counters import Reading, Sold, Verdict
from network.usage.rules.periods import Days, Span

NOON = datetime(2026, 1, 10, 6, 0, tzinfo=UTC)
FIVE = timedelta(minutes=5)
SOLD = Sold(upload_mbps=30, download_mbps=30)


def reading(download, *, minutes=0, session="s1", began=-60, router=1, upload=0):
    at = NOON + timedelta(minutes=minutes)
    return Reading(router, session, NOON + timedelta(minutes=began), upload, download, at)


def added(last, now, *, router_read_at=NOON, sold=SOLD):
    return counters.delta(last, now, router_read_at=router_read_at, sold=sold)


@pytest.mark.parametrize(
    ("last", "now", "sold", "expected"),
    [
        (reading(1_000), reading(5_000, minutes=5), SOLD, 4_000),
        (reading(1_000), reading(1_000, minutes=5), SOLD, 0),
        (reading(9_000), reading(700, minutes=5), SOLD, 700),  # reset
        (
            reading(4_294_000_000),
            reading(500_000, minutes=5),
            Sold(30, 30, counter_bits=32),
            1_467_296,
        ),
        (reading(3_000_000_000), reading(9, minutes=5), Sold(1, 1, counter_bits=32), 9),
        (reading(9_000), reading(12_000, minutes=5, session="s2", began=2), SOLD, 12_000),
        (reading(9_000), reading(12_000, minutes=5, session="s1", began=2), SOLD, 12_000),
        (reading(9_000), reading(12_000, minutes=5, session="s1", router=2, began=2), SOLD, 12_000),
        (reading(9_000), reading(9_500, minutes=5, session="", began=-60), SOLD, 500),
    ],
)
def test_what_a_reading_adds(last, now, sold, expected):
    found = added(last, now, sold=sold)

    assert (found.upload, found.download) == (0, expected)
    assert found.verdict is Verdict.COUNTED


def test_a_session_older_than_our_first_reading_is_a_base_line():
    first = added(None, reading(9_000, began=-60), router_read_at=None)
    known_router = added(None, reading(9_000, began=-60, minutes=5))
    between_polls = added(None, reading(9_000, began=2, minutes=5))

    assert (first.download, first.verdict) == (0, Verdict.BASE)
    assert (known_router.download, known_router.verdict) == (0, Verdict.BASE)
    assert (between_polls.download, between_polls.since) == (9_000, NOON + timedelta(minutes=2))


def test_a_session_that_began_while_the_counters_were_read_counts_once():
    """The router told of the old session, and then the counters of the new one."""
    old = reading(1_000_000, minutes=-5)
    torn = reading(300)  # smaller: the counters began anew
    after = reading(800, minutes=5, session="s2", began=0)

    assert added(old, torn).download + added(torn, after).download == 800


def test_impossible_readings_are_a_new_base_line_and_odd_ones_count():
    impossible = added(reading(0), reading(400_000_000_000, minutes=5))
    fast = added(reading(0), reading(3_000_000_000, minutes=5))

    assert (impossible.download, impossible.verdict) == (0, Verdict.REFUSED)
    assert (fast.download, fast.verdict) == (3_000_000_000, Verdict.FASTER)


@pytest.mark.parametrize(
    ("last", "at", "timely"),
    [
        (NOON, NOON, False),
        (NOON, NOON - FIVE, False),
        (NOON, NOON + FIVE, True),
        (None, NOON + timedelta(minutes=11), False),
        (None, NOON + timedelta(minutes=10), True),
    ],
)
def test_late_repeated_and_future_readings_are_dropped(last, at, timely):
    assert counters.is_timely(last, at, now=NOON) is timely


def test_bytes_over_midnight_are_floored_at_the_boundary():
    zone = ZoneInfo("Asia/Dhaka")
    since = datetime(2026, 1, 10, 23, 57, 30, tzinfo=zone)
    until = datetime(2026, 1, 11, 0, 2, 30, tzinfo=zone)
    starts = spreading.cuts(spreading.hour_start(since, zone), until, step=spreading.HOUR)

    parts = list(spreading.shares(3_000_001, since, until, starts=starts, step=spreading.HOUR))

    assert [size for _start, size in parts] == [1_500_000, 1_500_001]


def test_hours_begin_on_the_local_clock_and_a_day_has_what_it_has():
    kolkata, berlin = ZoneInfo("Asia/Kolkata"), ZoneInfo("Europe/Berlin")

    assert spreading.hours_of(date(2026, 1, 10), kolkata)[0] == datetime(
        2026, 1, 9, 18, 30, tzinfo=UTC
    )
    assert [
        len(spreading.hours_of(on, berlin))
        for on in (date(2026, 3, 29), date(2026, 3, 30), date(2026, 10, 25))
    ] == [23, 24, 25]
    assert len(set(spreading.hours_of(date(2026, 10, 25), berlin))) == 25


def test_the_parts_are_always_the_whole():
    chance = random.Random(7)
    zone = ZoneInfo("Asia/Kolkata")
    for _turn in range(300):
        since = NOON + timedelta(seconds=chance.randrange(200_000))
        until = since + timedelta(microseconds=chance.randrange(1, 30_000_000_000))
        total = chance.randrange(10**12)
        starts = spreading.cuts(spreading.hour_start(since, zone), until, step=spreading.HOUR)

        parts = list(spreading.shares(total, since, until, starts=starts, step=spreading.HOUR))

        assert sum(size for _start, size in parts) == total
        assert min(size for _start, size in parts) >= 0
        assert starts[-1] < until <= starts[-1] + spreading.HOUR


@pytest.mark.parametrize(("count", "place"), [(20, 19), (8_640, 8_208), (1, 1)])
def test_the_slot_that_counts(count, place):
    assert percentiles.place(count) == place


def test_the_percentile_is_the_larger_direction_and_says_when_it_is_incomplete():
    slots = [(37_500_000, number * 37_500_000) for number in range(1, 21)]

    found = percentiles.p95(slots, expected=20)

    assert (found.upload, found.download, found.larger, found.is_complete) == (1, 19, 19, True)
    assert not percentiles.p95(slots, expected=23).is_complete
    assert percentiles.p95([], expected=20) is None


@pytest.mark.parametrize(
    ("on", "billing_day", "start", "end"),
    [
        (date(2026, 1, 10), 5, date(2026, 1, 5), date(2026, 2, 5)),
        (date(2026, 1, 4), 5, date(2025, 12, 5), date(2026, 1, 5)),
        (date(2026, 2, 28), 30, date(2026, 2, 28), date(2026, 3, 30)),
        (date(2026, 3, 29), 30, date(2026, 2, 28), date(2026, 3, 30)),
        (date(2026, 1, 31), 31, date(2026, 1, 31), date(2026, 2, 28)),
    ],
)
def test_a_cycle_goes_from_billing_date_to_billing_date(on, billing_day, start, end):
    assert periods.cycle(on, billing_day=billing_day) == Days(start, end)


def test_a_week_is_the_last_seven_days():
    assert periods.days_of(Span.WEEK, date(2026, 1, 10), billing_day=5) == Days(
        date(2026, 1, 4), date(2026, 1, 11)
    )
